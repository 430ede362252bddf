package integration

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// send makes one request with the given headers and returns status and body.
func (p *process) send(t *testing.T, method, path, body string, headers map[string]string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, p.admin.BaseURL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	b, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(b)
}

func (p *process) native(t *testing.T, method, path, body string) (int, string) {
	return p.send(t, method, path, body, map[string]string{"Authorization": "Bearer " + p.admin.Token})
}

func (p *process) panel(t *testing.T, method, path, body string) (int, string) {
	return p.send(t, method, path, body, map[string]string{"Authorization": "Bearer " + p.admin.Panel})
}

func (p *process) danube(t *testing.T, method, path, body string) (int, string) {
	return p.send(t, method, path, body, map[string]string{"ES-API-KEY": p.admin.Danube})
}

func (p *process) e24(t *testing.T, method, path, body string) (int, string) {
	return p.send(t, method, path, body, p.signed(method, path, body))
}

// signed returns the headers that sign a call of e24's API.
func (p *process) signed(method, path, body string) map[string]string {
	date := time.Now().UTC().Format(http.TimeFormat)
	mac := hmac.New(sha256.New, []byte(p.admin.E24Sign))
	mac.Write([]byte(strings.Join([]string{method, strings.TrimPrefix(p.admin.BaseURL, "http://"), date, path, body},
		"\n")))
	return map[string]string{"X-Date": date, "Authorization": p.admin.E24Key + ":" +
		base64.StdEncoding.EncodeToString(mac.Sum(nil))}
}

// TestOneAccountInEveryDialect makes an account in each API and finds it in all of them.
func TestOneAccountInEveryDialect(t *testing.T) {
	p := run(t, t.TempDir())
	for _, made := range []struct {
		email  string
		status int
		make   func() (int, string)
	}{
		{"native@example.org", http.StatusCreated, func() (int, string) {
			return p.native(t, "POST", "/v1/users",
				`{"email":"native@example.org","first_name":"Na","last_name":"Tive"}`)
		}},
		{"panel@example.org", http.StatusCreated, func() (int, string) {
			return p.panel(t, "POST", "/api/application/users",
				`{"email":"panel@example.org","username":"panel","first_name":"Pa","last_name":"Nel"}`)
		}},
		{"e24@example.org", http.StatusOK, func() (int, string) {
			return p.e24(t, "PUT", "/v2/accounts",
				`{"email":"e24@example.org","first_name":"E","last_name":"24","phone":"+48 600 700 800","password":"correct horse"}`)
		}},
		{"danube@example.org", http.StatusCreated, func() (int, string) {
			return p.danube(t, "POST", "/api/accounts/user/danube/",
				`{"email":"danube@example.org","first_name":"Da","last_name":"Nube","password":"s3","dc_bound":"false"}`)
		}},
	} {
		status, body := made.make()
		require.Equal(t, made.status, status, body)
		for path, call := range map[string]func(*testing.T, string, string, string) (int, string){
			"/v1/users?filter[email]=" + made.email: p.native, "/api/application/users?filter[email]=" +
				made.email: p.panel, "/v2/accounts": p.e24,
			"/api/accounts/user/?full=true": p.danube,
		} {
			status, body := call(t, "GET", path, "")
			require.Equal(t, http.StatusOK, status, body)
			require.Contains(t, body, `"email":"`+made.email+`"`, path)
		}
	}
}

// TestKeysChangedInEveryDialect renames an SSH key, bounds a panel's key and ends a storage key in the native API, and
// looks at what the other ones say then.
func TestKeysChangedInEveryDialect(t *testing.T) {
	p := run(t, t.TempDir())
	user := "/v1/users/" + p.admin.UserID
	status, body := p.native(t, "POST", user+"/ssh-keys", `{"title":"laptop","key":"`+publicKey+`"}`)
	require.Equal(t, http.StatusCreated, status, body)
	status, body = p.native(t, "PATCH", user+"/ssh-keys/1", `{"title":"desk"}`)
	require.Equal(t, http.StatusOK, status, body)
	status, body = p.danube(t, "GET", "/api/accounts/user/admin/sshkey/", "")
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"desk"`)
	require.Contains(t, ownAccount(t, p), `"id":1,"name":"desk"`)

	require.NotContains(t, ownAccount(t, p), `"e24files":{"s3":{"api_id":""`)
	status, body = p.native(t, "DELETE", user+"/storage-keys/s3", "")
	require.Equal(t, http.StatusNoContent, status, body)
	require.Contains(t, ownAccount(t, p), `"e24files":{"s3":{"api_id":"","secret_key":""}`)

	status, body = p.native(t, "GET", user+"/api-keys", "")
	require.Equal(t, http.StatusOK, status, body)
	var keys struct{ Data []struct{ ID, Kind string } }
	require.NoError(t, json.Unmarshal([]byte(body), &keys))
	panel := slices.IndexFunc(keys.Data, func(k struct{ ID, Kind string }) bool { return k.Kind == "pterodactyl" })
	status, body = p.native(t, "PATCH", user+"/api-keys/"+keys.Data[panel].ID, `{"permissions":{"users":"read"}}`)
	require.Equal(t, http.StatusOK, status, body)
	status, _ = p.panel(t, "GET", "/api/application/users", "")
	require.Equal(t, http.StatusOK, status)
	status, _ = p.panel(t, "DELETE", "/api/application/users/1", "")
	require.Equal(t, http.StatusForbidden, status)
	status, body = p.native(t, "PATCH", user+"/api-keys/"+keys.Data[panel].ID, `{"allowed_ips":["192.0.2.1"]}`)
	require.Equal(t, http.StatusOK, status, body)
	status, _ = p.panel(t, "GET", "/api/application/users", "")
	require.Equal(t, http.StatusForbidden, status)
}

// ownAccount is the administrator's account as e24's API has it.
func ownAccount(t *testing.T, p *process) string {
	t.Helper()
	status, body := p.e24(t, "GET", "/v2/account", "")
	require.Equal(t, http.StatusOK, status, body)
	return body
}
