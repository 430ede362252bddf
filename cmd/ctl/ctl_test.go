package ctl

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
)

const twoEvents = `{"sequence":1,"time":"2026-01-02T03:04:05.678Z","type":"UserCreated.v1","subject":"users/a","actor":"system"}
{"sequence":2,"time":"2026-01-02T03:04:06Z","type":"UserDeleted.v1","subject":"users/a","actor":"b"}
`

// fakeService answers every request with the status and body, or with one of the pages, and keeps the newest request.
type fakeService struct {
	*httptest.Server
	asked *http.Request
	pages map[string]string // by the parameter after; all but the last one link to "200"
}

func newService(t *testing.T, status int, body string) *fakeService {
	t.Helper()
	s := &fakeService{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = r
		if s.pages != nil {
			if !r.URL.Query().Has("after") {
				w.Header().Add("Link", `</v1/before>; rel="prev"`)
				w.Header().Add("Link", "<"+r.URL.Path+`?after=200>; rel="next"`)
			}
			body = s.pages[r.URL.Query().Get("after")]
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

// run returns the exit code, stdout and stderr.
func run(env []string, args ...string) (int, string, string) {
	var out, errs bytes.Buffer
	code := Main(args, env, &out, &errs)
	return code, out.String(), errs.String()
}

func TestEvents(t *testing.T) {
	s := newService(t, 200, twoEvents)
	code, out, errs := run(nil, "events", "--url", s.URL, "--token", "t", "-o", "ndjson", "--after", "7", "--limit",
		"2")
	require.Zero(t, code, errs)
	require.Equal(t, twoEvents, out)
	require.Equal(t, "/v1/events?after=7&limit=2", s.asked.URL.String())
	require.Equal(t, "Bearer t", s.asked.Header.Get("Authorization"))

	const ada = "01890a5d-ac96-774b-bcce-b302099a8057"
	code, _, _ = run(nil, "events", "--url", s.URL, "--follow", "--limit", "2", "--type", "UserCreated,UserDeleted",
		"--user", ada, "--since", "2026-01-02")
	require.Equal(t, 0, code)
	require.Equal(t, "/v1/events?after=0&follow=true&limit=2&since=2026-01-02T00%3A00%3A00Z&type=UserCreated%2CUserDeleted&user="+ada, s.asked.URL.String())

	code, out, _ = run(nil, "events", "--url", s.URL)
	require.Zero(t, code)
	rows := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, rows, 3)
	require.Equal(t, []string{"SEQUENCE", "TIME", "TYPE", "SUBJECT", "ACTOR"}, strings.Fields(rows[0]))
	require.Equal(t, []string{"1", "2026-01-02T03:04:05Z", "UserCreated.v1", "users/a", "system"},
		strings.Fields(rows[1]))
}

func TestWhereTheServiceIs(t *testing.T) {
	file, url, env := newService(t, 200, ""), newService(t, 200, ""), newService(t, 200, "")
	data := t.TempDir()
	require.NoError(t, adminfile.Write(filepath.Join(data, adminfile.Name),
		adminfile.File{BaseURL: file.URL, Token: "from-file"}))
	environ := []string{"ACCOUNTCTL_URL=" + env.URL, "ACCOUNTCTL_TOKEN=from-env"}
	for name, c := range map[string]struct {
		args  []string
		asked *fakeService
		token string
	}{
		"folder":           {[]string{"--data", data}, file, "from-file"},
		"folder and token": {[]string{"--data", data, "--token", "own"}, file, "own"},
		"url":              {[]string{"--url", url.URL, "--data", data}, url, "from-env"},
		"url and token":    {[]string{"--url", url.URL + "/", "--token", "own"}, url, "own"},
		"environment":      {nil, env, "from-env"},
	} {
		file.asked, url.asked, env.asked = nil, nil, nil
		code, _, errs := run(environ, append([]string{"events"}, c.args...)...)
		require.Zero(t, code, errs)
		require.NotNil(t, c.asked.asked, name)
		require.Equal(t, "Bearer "+c.token, c.asked.asked.Header.Get("Authorization"), name)
		require.Equal(t, "/v1/events", c.asked.asked.URL.Path, name)
	}

	t.Chdir(t.TempDir())
	code, _, errs := run(nil, "events")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "where is the service? Give --data, --profile, or --url and --token")
	code, _, errs = run(nil, "events", "--data", "nowhere")
	require.Equal(t, 1, code)
	require.Contains(t, errs, filepath.Join("nowhere", "admin.json"))
}

func TestRefused(t *testing.T) {
	s := newService(t, 403, `{"detail":"You may not."}`)
	code, out, errs := run(nil, "events", "--url", s.URL)
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Equal(t, "accountctl: the service answered 403 Forbidden: You may not.\n", errs)
}

func TestAnswerThatBreaksOff(t *testing.T) {
	s := newService(t, 200, twoEvents[:len(twoEvents)-5])
	for _, form := range []string{formTable, formNDJSON, formJSON, formYAML} {
		code, out, errs := run(nil, "events", "--url", s.URL, "-o", form)
		require.Equal(t, 1, code)
		require.Contains(t, errs, "the answer broke off")
		require.Contains(t, out, "UserCreated.v1", "what came is printed")
	}
}

func TestWrongCalls(t *testing.T) {
	for _, args := range [][]string{{"frob"}, {"events", "--nope"}, {"events", "-o", "xml"}, {"events", "extra"},
		{"events", "--after", "x"},
		{"events", "tail", "-o", "yaml"}, {"events", "--since", "yesterday"}, {"audit", "frob"}, {"profile", "frob"}} {
		code, _, errs := run(nil, args...)
		require.Equal(t, 2, code, args)
		require.Contains(t, errs, "accountctl: ")
	}
}
