package ctl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestImportAndExport moves users in and out of a service, twice.
func TestImportAndExport(t *testing.T) {
	data, file := newWorld(t).data, filepath.Join(t.TempDir(), "users.ndjson")
	lines := `{"email":"ann@example.org"}
{"email":"ann@example.org","first_name":"Ann"}
{"email":"bob@example.org","nope":1}
{"email":"cid@example.org"}
`
	require.NoError(t, os.WriteFile(file, []byte(lines), 0o600))
	for range 2 {
		code, out, errs := run(nil, "import", file, "--data", data)
		require.Equal(t, 1, code)
		require.Equal(t, "2 imported, 2 refused\n", out)
		require.Contains(t, errs, "line 2: 409 email_taken: ")
		require.Contains(t, errs, "line 3: 400 field_unknown: ")
		require.Contains(t, errs, "accountctl: 2 of 4 lines were refused")
	}
	code, out, _ := run(nil, "import", file, "--data", data, "-o", "ndjson", "--key", "another")
	require.Equal(t, 1, code)
	require.Equal(t, 4, strings.Count(out, "\n"))
	require.Contains(t, out, `{"line":1,"status":409,`)

	copied := filepath.Join(t.TempDir(), "copy.ndjson")
	code, _, errs := run(nil, "export", "--data", data, "--file", copied, "filter[email][contains]=@example.org",
		"sort=-email")
	require.Zero(t, code, errs)
	got, err := os.ReadFile(copied)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(got), "\n"))
	require.Contains(t, strings.SplitN(string(got), "\n", 2)[0], `"email":"cid@example.org"`)
	code, out, errs = run(nil, "import", copied, "--data", newWorld(t).data)
	require.Zero(t, code, errs)
	require.Equal(t, "2 imported, 0 refused\n", out)

	broken := filepath.Join(t.TempDir(), "broken.ndjson")
	code, _, _ = run(nil, "export", "--data", data, "--file", broken, "sort=nope")
	require.Equal(t, 1, code)
	require.NoFileExists(t, broken)
	for _, args := range [][]string{{"import", "nowhere"}, {"export", "sort=nope"}, {"export", "--file", copied}} {
		code, _, _ := run(nil, append(args, "--data", data)...)
		require.Equal(t, 1, code, args)
	}
}

// TestLargeImport sends more than any buffer on the way holds, through all of the service.
func TestLargeImport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "users.ndjson")
	line := `{"email":"ann@example.org","comment":"` + strings.Repeat("x", 4000) + `"}` + "\n"
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat(line, 5000)), 0o600))
	code, out, _ := run(nil, "import", file, "--data", newWorld(t).data, "-o", "ndjson", "--token",
		"acct_"+strings.Repeat("x", 43))
	require.Equal(t, 1, code)
	require.Empty(t, out)
	code, out, errs := run(nil, "import", file, "--data", newWorld(t).data)
	require.Zero(t, code, errs)
	require.Equal(t, "5000 imported, 0 refused\n", out) // all of them the same user
}

func TestImportThatBreaksOff(t *testing.T) {
	s := newService(t, 200, `{"line":1,"status":201}`+"\n"+`{"line":2,`)
	file := filepath.Join(t.TempDir(), "users.ndjson")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	code, _, errs := run(nil, "import", file, "--url", s.URL)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "the answer broke off after 1 lines")
	require.Equal(t, importKey, s.asked.Header.Get("Idempotency-Key"))
}

func TestProgress(t *testing.T) {
	p := newProgress(&strings.Builder{}, "lines", 400)
	p.show(7) // draws nothing: that is no terminal
	p.clear()
	require.Equal(t, "[                    ]   0 %  0 lines, 0/s", p.text(0, 0))
	p.reached(100)
	require.Equal(t, "[#####               ]  25 %  5000 lines, 1000/s, 15s left", p.text(5000, 5*time.Second))
	p.reached(500)
	require.Equal(t, "[####################] 100 %  10 lines, 2/s, 0s left", p.text(10, 5*time.Second))
	p.total = 0
	require.Equal(t, "10 lines, 2/s", p.text(10, 5*time.Second))
}

// TestProgressOnATerminal draws at once, then not too often, and leaves nothing behind.
func TestProgressOnATerminal(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out, "records", 0)
	p.out = &out
	p.records(1, 4)
	p.records(2, 4) // too soon
	p.clear()
	require.Regexp(t, `^\r\x1b\[K\[#####               \]  25 %  1 records, [0-9]+/s, 0s left\r\x1b\[K$`, out.String())
}
