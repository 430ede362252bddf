package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/app"
)

// world is a service in this process.
type world struct {
	t    *testing.T
	data string
	url  string
	stop func()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, data: filepath.Join(t.TempDir(), "data")}
	w.start()
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *world) start() {
	w.t.Helper()
	c := app.Default()
	c.Data, c.HTTP, c.Sync = w.data, "127.0.0.1:0", "interval"
	ctx, cancel := context.WithCancel(context.Background())
	done, ready := make(chan error, 1), make(chan string, 1)
	go func() {
		done <- app.Run(ctx, c, new(bytes.Buffer), app.Hooks{Ready: func(url string) { ready <- url }})
	}()
	select {
	case w.url = <-ready:
	case err := <-done:
		require.NoError(w.t, err)
	}
	w.stop = func() {
		cancel()
		require.NoError(w.t, <-done)
		w.stop = func() {}
	}
}

// ctl runs accountctl on the world's folder.
func (w *world) ctl(args ...string) (code int, out, errs string) {
	w.t.Helper()
	return run(nil, append(args, "--data", w.data)...)
}

// must is ctl that succeeds.
func (w *world) must(args ...string) string {
	w.t.Helper()
	code, out, errs := w.ctl(args...)
	require.Zero(w.t, code, errs)
	return out
}

// keep stores a text in a file of the test's own.
func (w *world) keep(name, text string) string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), name)
	require.NoError(w.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// populate makes somebody, changes and erases somebody else, and returns the id of the first.
func (w *world) populate(name string) string {
	w.t.Helper()
	var ada struct{ ID string }
	require.NoError(w.t, json.Unmarshal([]byte(w.must("create", "users", "email="+name+"@example.org", "-o", "json")),
		&ada))
	w.must("set", "users/"+ada.ID, "first_name=Ada", "-o", "json")
	w.must("create", "users", "email=gone-"+name+"@example.org")
	gone := w.must("get", "users/gone-"+name+"@example.org", "-o", "json")
	var other struct{ ID string }
	require.NoError(w.t, json.Unmarshal([]byte(gone), &other))
	s, err := service{}.fromFile(w.data)
	require.NoError(w.t, err)
	_, err = s.call(w.t.Context(), http.MethodPost, "/v1/users/"+other.ID+"/erase", nil, nil, nil)
	require.NoError(w.t, err)
	return ada.ID
}

// TestAuditVerify asks the running service, the stopped service's folder, and exports of both: all say the same.
func TestAuditVerify(t *testing.T) {
	w := newWorld(t)
	first := w.must("audit", "verify")
	w.populate("ada")
	second := w.must("audit", "verify", "--checkpoint", w.keep("first", first))
	require.Contains(t, second, "\n\n— accountd/", "it is signed")
	exported := w.keep("export", w.must("audit", "export"))
	w.stop()

	before := filesOf(t, w.data)
	code, offline, errs := w.ctl("audit", "verify", "--checkpoint", w.keep("first", first), "--checkpoint",
		w.keep("second", second))
	require.Zero(t, code, errs)
	require.Contains(t, errs, "not signed")
	require.Contains(t, errs, "give --key")
	require.Equal(t, before, filesOf(t, w.data), "nothing in the folder has changed")
	require.Equal(t, strings.Split(second, "\n\n")[0]+"\n", offline)

	code, out, errs := run(nil, "audit", "verify", "--export", exported, "--checkpoint", w.keep("first", first),
		"--checkpoint", w.keep("offline", offline))
	require.Zero(t, code, errs)
	require.Equal(t, second, out)
	code, out, errs = run(nil, "audit", "verify", "--export", w.keep("export", w.must("audit", "export")))
	require.Zero(t, code, errs)
	require.Equal(t, offline, out)
}

func filesOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		out[path] = string(content)
		return err
	}))
	return out
}

// TestAuditVerifyFinds what was done to a log, with exit code 3.
func TestAuditVerifyFinds(t *testing.T) {
	w, other := newWorld(t), newWorld(t)
	w.populate("ada")
	lines := strings.SplitAfter(w.must("audit", "export"), "\n")
	checkpoint := w.keep("checkpoint", w.must("audit", "verify"))
	stranger := w.keep("stranger", other.must("audit", "verify"))
	finds := func(what string, lines []string, args ...string) {
		t.Helper()
		code, _, errs := run(nil, append([]string{"audit", "verify", "--export",
			w.keep("export", strings.Join(lines, ""))}, args...)...)
		require.Equal(t, 3, code, errs)
		require.Contains(t, errs, what)
	}
	flipped := append([]string{}, lines...)
	flipped[4] = strings.Replace(flipped[4], `"data":"`, `"data":"A`, 1)
	finds("record 4: ", flipped)
	finds("record 3: it is missing", append(append([]string{}, lines[:3]...), lines[4:]...))
	finds(": it is missing", lines[:5])
	finds("another log", unsigned(t, lines), "--checkpoint", stranger)
	finds("not signed by", lines, "--checkpoint", stranger)
	code, _, errs := run(nil, "audit", "verify", "--url", w.url, "--token", tokenOf(t, w), "--checkpoint", checkpoint)
	require.Zero(t, code, errs)

	code, _, errs = run(nil, "audit", "verify", "--export", w.keep("export", "{}\n"))
	require.Equal(t, 1, code, errs)
	code, _, errs = run(nil, "audit", "verify", "--data", t.TempDir())
	require.Equal(t, 1, code)
	require.Contains(t, errs, "where is the log?")
}

// unsigned takes the checkpoint and its key away.
func unsigned(t *testing.T, lines []string) []string {
	t.Helper()
	var header struct {
		Format  string `json:"format"`
		Records int    `json:"records"`
	}
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &header))
	line, err := json.Marshal(header)
	require.NoError(t, err)
	return append([]string{string(line) + "\n"}, lines[1:]...)
}

func tokenOf(t *testing.T, w *world) string {
	t.Helper()
	s, err := service{}.fromFile(w.data)
	require.NoError(t, err)
	return s.token
}

// TestAuditVerifyOfADamagedStore changes single bytes in the files of a stopped service: it is found, though the engine
// by itself would say nothing.
func TestAuditVerifyOfADamagedStore(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"ada", "bob", "cyd"} {
		w.populate(name)
	}
	w.stop()
	blocks, err := filepath.Glob(filepath.Join(w.data, "nats", "jetstream", "$G", "streams", "ACCOUNTS", "msgs",
		"*.blk"))
	require.NoError(t, err)
	require.NotEmpty(t, blocks)
	whole, err := os.ReadFile(blocks[0])
	require.NoError(t, err)
	for i := range 20 {
		damaged := bytes.Clone(whole)
		damaged[(i*len(damaged)+len(damaged)/2)/20] ^= 0x10
		require.NoError(t, os.WriteFile(blocks[0], damaged, 0o600))
		code, _, errs := w.ctl("audit", "verify")
		require.Equal(t, 3, code, "%d: %s", i, errs)
		require.Contains(t, errs, "record ")
	}
	require.NoError(t, os.WriteFile(blocks[0], whole, 0o600))
	w.must("audit", "verify")
}

// TestAuditReplay rebuilds what the service shows, now and at earlier moments.
func TestAuditReplay(t *testing.T) {
	w := newWorld(t)
	id := w.populate("ada")
	live := w.must("list", "users", "-o", "json", "--all")
	exported := w.keep("export", w.must("audit", "export", "--keys"))
	bare := w.keep("bare", w.must("audit", "export"))
	master := filepath.Join(w.data, "master.key")
	others := map[string]string{}
	for _, resource := range []string{"datacenters", "groups", "clients", "applications"} {
		others[resource] = w.must("list", resource, "-o", "json")
	}
	w.stop()

	require.JSONEq(t, live, w.must("audit", "replay", "-o", "json"))
	for resource, want := range others {
		require.JSONEq(t, want, w.must("audit", "replay", resource, "-o", "json"))
	}
	code, out, errs := run(nil, "audit", "replay", "--export", exported, "--master-key-file", master, "-o", "json")
	require.Zero(t, code, errs)
	require.JSONEq(t, live, out)
	table := w.must("audit", "replay")
	require.Contains(t, table, "ada@example.org")
	require.NotContains(t, table, "gone-ada")
	require.NotContains(t, w.must("audit", "replay", "--at", "3"), "ada@example.org")
	require.NotContains(t, w.must("audit", "replay", "--at", "2000-01-01T00:00:00Z"), "ada@example.org")
	require.Contains(t, w.must("audit", "replay", "--at", "2999-01-01T00:00:00Z"), "ada@example.org")

	var changes []struct{ ID, Field, Before, After string }
	diff := w.must("audit", "replay", "--diff", created(t, exported, id)+",1000", "-o", "json", "--columns",
		"id,field,before,after")
	require.NoError(t, json.Unmarshal([]byte(diff), &changes))
	fields := map[string]string{}
	for _, c := range changes {
		require.Equal(t, id, c.ID)
		fields[c.Field] = c.After
	}
	require.Equal(t, "Ada", fields["first_name"])

	code, _, errs = run(nil, "audit", "replay", "--export", bare, "--master-key-file", master)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "without --keys")
	for _, args := range [][]string{{"--at", "x"}, {"--diff", "1"}, {"--diff", "1,x"}, {"--at", "1", "--diff", "1,2"},
		{"planets"}, {"-o", "x"}} {
		code, _, errs = w.ctl(append([]string{"audit", "replay"}, args...)...)
		require.Equal(t, 2, code, "%v: %s", args, errs)
	}
	code, _, _ = run(nil, "audit", "replay", "--export", exported, "--master-key-file", w.keep("key", "x"))
	require.Equal(t, 1, code)
}

// created returns the sequence of the user's first record.
func created(t *testing.T, export, id string) string {
	t.Helper()
	content, err := os.ReadFile(export)
	require.NoError(t, err)
	for line := range strings.Lines(string(content)) {
		var s struct {
			Sequence json.Number
			Subject  string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &s))
		if s.Subject == "accounts.user."+id {
			return s.Sequence.String()
		}
	}
	t.Fatal("the user is not in the export")
	return ""
}
