package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// traces are texts about a person that nobody else has.
var traces = []string{"zdenka.traceable@example.org", "Zdenkatrace", "Traceableova", "+420 777 555 333", "Traceville 7",
	"crm-traceable", "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"}

// call makes one request with a body, and returns the answer's status and body.
func (r *running) call(method, path, token, body string) (int, string) {
	r.t.Helper()
	q, err := http.NewRequest(method, r.url+path, strings.NewReader(body))
	require.NoError(r.t, err)
	q.Header.Set("Authorization", "Bearer "+token)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	require.NoError(r.t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	return answer.StatusCode, string(got)
}

// person makes somebody of whom the traces tell, and returns the path.
func (r *running) person(token string) string {
	r.t.Helper()
	var made struct{ ID string }
	status, body := r.call("POST", "/v1/users", token, `{"email":"zdenka.traceable@example.org","first_name":"Zdenkatrace","external_id":"crm-traceable",
		"profile":{"city":"Traceville 7"},"password":"secret of a person"}`)
	require.Equal(r.t, http.StatusCreated, status, body)
	require.NoError(r.t, json.Unmarshal([]byte(body), &made))
	path := "/v1/users/" + made.ID
	status, body = r.call("PATCH", path, token, `{"last_name":"Traceableova","phone":"+420 777 555 333"}`)
	require.Equal(r.t, http.StatusOK, status, body)
	status, body = r.call("POST", path+"/ssh-keys", token, `{"title":"Zdenkatrace","key":"ssh-ed25519 `+
		traces[len(traces)-1]+`"}`)
	require.Equal(r.t, http.StatusCreated, status, body)
	return path
}

// found returns which traces stand in the files of the folder, in clear or in base64.
func found(t *testing.T, folder string) (out []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, trace := range traces {
			if bytes.Contains(content, []byte(trace)) || bytes.Contains(content, []byte(inner64(trace))) {
				out = append(out, path+": "+trace)
			}
		}
		return nil
	}))
	return out
}

// inner64 is what base64 makes of a text wherever it stands at a multiple of three bytes.
func inner64(text string) string {
	return base64.RawStdEncoding.EncodeToString([]byte(text[:len(text)/3*3]))
}

// TestErasedEverywhere erases one person who lives and one who was deleted, looks into every file of the data folder
// and every line of the log, with the service running, after its end, and after another run.
func TestErasedEverywhere(t *testing.T) {
	for name, before := range map[string]func(r *running, path, token string){
		"while the account lives": func(*running, string, string) {},
		"after its deletion": func(r *running, path, token string) {
			status, body := r.call("DELETE", path, token, "")
			require.Equal(t, http.StatusNoContent, status, body)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := testConfig(t)
			r := start(t, c)
			token := c.admin(t).Token
			path := r.person(token)
			_, history := r.call("GET", "/v1/events", token, "")
			for _, trace := range traces {
				require.Contains(t, history, trace, "until it is erased, it can be read")
			}
			require.Eventually(t, func() bool { return len(found(t, c.Data)) > 0 }, time.Minute, 10*time.Millisecond,
				"the feed has it in clear")
			before(r, path, token)

			status, body := r.call("POST", path+"/erase", token, "")
			require.Equal(t, http.StatusNoContent, status, body)
			require.Empty(t, found(t, c.Data))
			check := func() {
				t.Helper()
				_, history := r.call("GET", "/v1/events", token, "")
				require.Contains(t, history, "UserErased.v1")
				require.Contains(t, history, `"erased":true`)
				for _, trace := range traces {
					require.NotContains(t, history, trace)
					require.NotContains(t, r.log.String(), trace)
				}
				status, _ := r.call("GET", path, token, "")
				require.Equal(t, http.StatusNotFound, status)
			}
			check()
			status, body = r.call("POST", path+"/erase", token, "")
			require.Equal(t, http.StatusNoContent, status, body)
			r.end()
			require.Empty(t, found(t, c.Data))

			r = start(t, c)
			check()
			r.person(token) // the names are free
			r.end()
		})
	}
}
