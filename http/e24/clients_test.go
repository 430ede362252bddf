package e24

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wire is the service on a port of its own, and the credential that a client was configured with.
type wire struct {
	t           *testing.T
	url         string // such as http://127.0.0.1:4711
	key, secret string
}

func listen(t *testing.T) wire {
	server := httptest.NewServer(serve(start(t), Options{}))
	t.Cleanup(server.Close)
	return wire{t: t, url: server.URL, key: adminKey.ID, secret: adminKey.Secret.Reveal()}
}

// hmacOf is the recipe of the documentation, written down once more.
func (c wire) hmacOf(text string) string {
	mac := hmac.New(sha256.New, []byte(c.secret))
	mac.Write([]byte(text))
	return c.key + ":" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (c wire) send(method, path, date, authorization string, body []byte) (int, []byte) {
	r, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	require.NoError(c.t, err)
	r.Header = http.Header{"Content-Type": {"application/json"}, "X-Date": {date}, "Authorization": {authorization}}
	response, err := http.DefaultClient.Do(r)
	require.NoError(c.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return response.StatusCode, answer
}

// goDriver signs host with port and the path alone, formats local time, takes only 200 for success, and looks for its
// SSH key at the first place and nowhere else.
func (c wire) goDriver(method, path string, body []byte, zone *time.Location) ([]byte, error) {
	u, err := url.Parse(c.url + path)
	require.NoError(c.t, err)
	date := noon.In(zone).Format(time.RFC1123)
	status, answer := c.send(method, path, date, c.hmacOf(method+"\n"+u.Host+"\n"+date+"\n"+u.Path+"\n"+string(body)),
		body)
	if status != http.StatusOK {
		return nil, fmt.Errorf("status code: %d, response: %s", status, answer)
	}
	return answer, nil
}

func TestGoDriver(t *testing.T) {
	c := listen(t)
	cest, brazil := time.FixedZone("CEST", 2*60*60), time.FixedZone("-03", -3*60*60)
	for _, name := range []string{"docker", "another"} {
		_, err := c.goDriver("PUT", "/v2/account/sshkey", []byte(`{"name":"`+name+`","method":"generate"}`), cest)
		require.NoError(t, err)
	}
	for _, zone := range []*time.Location{time.UTC, cest, brazil} {
		answer, err := c.goDriver("GET", "/v2/account", nil, zone)
		require.NoError(t, err)
		var got struct {
			Success bool `json:"success"`
			Account struct {
				SSHKeys []struct {
					ID   int    `json:"id"`
					Name string `json:"name"`
				} `json:"sshkeys"`
			} `json:"account"`
		}
		require.NoError(t, json.Unmarshal(answer, &got))
		require.True(t, got.Success)
		require.Equal(t, "docker", got.Account.SSHKeys[0].Name)
		require.Equal(t, 1, got.Account.SSHKeys[0].ID)
	}
	_, err := c.goDriver("PUT", "/v2/accounts", []byte(jan), cest)
	require.NoError(t, err)
	_, err = c.goDriver("DELETE", "/v2/account/1/sshkey", nil, cest)
	require.NoError(t, err)
	_, err = c.goDriver("DELETE", "/v2/account/1/sshkey", nil, cest)
	require.ErrorContains(t, err, "ssh_key_not_found")
}

// e24py signs host with port and the path as it was given, query included, sends a JSON string with a GET, and reads
// the member success of every answer that is no 404: without it, it crashes.
func (c wire) e24py(method, path string, data any) (map[string]any, error) {
	var body []byte
	if data != nil {
		var err error
		body, err = json.Marshal(data)
		require.NoError(c.t, err)
	}
	u, err := url.Parse(c.url)
	require.NoError(c.t, err)
	status, answer := c.send(method, path, noonDate,
		c.hmacOf(fmt.Sprintf("%s\n%s\n%s\n%s\n%s", method, u.Host, noonDate, path, body)), body)
	var got map[string]any
	require.NoError(c.t, json.Unmarshal(answer, &got), "%s", answer)
	require.Contains(c.t, got, "success")
	if success, _ := got["success"].(bool); !success || status >= 400 {
		return nil, fmt.Errorf("status code: %d, response: %s", status, answer)
	}
	return got, nil
}

func TestE24py(t *testing.T) {
	c := listen(t)
	got, err := c.e24py("GET", "/v2/account", "kek")
	require.NoError(t, err)
	require.Equal(t, "Ada Admin", got["account"].(map[string]any)["name"])

	var request map[string]any
	require.NoError(t, json.Unmarshal([]byte(jan), &request))
	got, err = c.e24py("PUT", "/v2/accounts", request)
	require.NoError(t, err)
	require.Equal(t, "created", got["user"].(map[string]any)["state"])
	got, err = c.e24py("GET", "/v2/accounts?limit=1&offset=1", nil)
	require.NoError(t, err)
	require.Equal(t, "jan@example.com", got["users"].([]any)[0].(map[string]any)["email"])

	_, err = c.e24py("PUT", "/v2/accounts", request)
	require.ErrorContains(t, err, "409")
	_, err = c.e24py("GET", "/v2/accounts/7", nil)
	require.ErrorContains(t, err, "404")
	_, err = c.e24py("PATCH", "/v2/accounts", nil)
	require.ErrorContains(t, err, "405")
	c.secret = "another"
	_, err = c.e24py("GET", "/v2/account", nil)
	require.ErrorContains(t, err, "401")
}

// php signs as the documentation's recipe does: the host as parse_url has it, without port, and gmdate.
func (c wire) php(method, path string, body string) (int, []byte) {
	u, err := url.Parse(c.url + path)
	require.NoError(c.t, err)
	target := u.Path
	if u.RawQuery != "" {
		target += "?" + u.RawQuery
	}
	date := noon.Format("Mon, 02 Jan 2006 15:04:05 ") + "GMT"
	return c.send(method, path, date, c.hmacOf(method+"\n"+u.Hostname()+"\n"+date+"\n"+target+"\n"+body), []byte(body))
}

func TestPHP(t *testing.T) {
	c := listen(t)
	status, answer := c.php("POST", "/v2/account/data", `{"first_name": "Zażółć"}`)
	require.Equal(t, 200, status, "%s", answer)
	status, answer = c.php("GET", "/v2/accounts?limit=1", "")
	require.Equal(t, 200, status, "%s", answer)
	require.Contains(t, string(answer), `"name":"Zażółć Admin"`)
	status, answer = c.php("PUT", "/v2/account/api", "")
	require.Equal(t, 200, status, "%s", answer)
	var made struct {
		API struct {
			Key string `json:"api_key"`
		} `json:"api"`
	}
	require.NoError(t, json.Unmarshal(answer, &made))
	status, answer = c.php("DELETE", "/v2/account/api", `{"api_key": "`+made.API.Key+`"}`)
	require.Equal(t, 200, status, "%s", answer)
	require.Equal(t, `{"success":true}`, string(answer))
}
