package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// figure returns a metric.
func (r *running) figure(name string) int64 {
	r.t.Helper()
	for lines := bufio.NewScanner(r.get("/metrics", "").Body); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			value, err := strconv.ParseFloat(text, 64)
			require.NoError(r.t, err)
			return int64(value)
		}
	}
	require.Fail(r.t, "there is no such metric", name)
	return 0
}

// TestFullStore fills the store up to what it is granted: changes are refused at once, in the shape of the API; what is
// there can be read, people can be erased, and with a larger grant all goes on.
func TestFullStore(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	token := c.admin(t).Token
	person := r.person(token)
	used := r.figure("accountd_store_bytes")
	require.Positive(t, r.figure("accountd_store_free_bytes"))
	require.Greater(t, r.figure("accountd_store_limit_bytes"), used)
	r.end()

	c.StoreMax = used + 300_000
	r = start(t, c)
	require.Equal(t, http.StatusOK, r.get("/readyz", "").StatusCode)
	made, status, body := 0, 0, ""
	for made = 0; made < 500; made++ {
		status, body = r.call("POST", "/v1/users", token, fmt.Sprintf(`{"email":"u%d@example.com","comment":%q}`, made,
			strings.Repeat("x", 4000)))
		if status != http.StatusCreated {
			break
		}
	}
	require.Equal(t, http.StatusServiceUnavailable, status, body)
	require.Contains(t, body, `"code":"storage_full"`)
	require.Greater(t, made, 10)

	status, body = r.call("POST", "/api/application/users", c.admin(t).PterodactylKey,
		`{"email":"p@example.com","username":"ppp","first_name":"P","last_name":"P"}`)
	require.Equal(t, http.StatusServiceUnavailable, status, body)
	require.Contains(t, body, `"errors"`)
	require.Equal(t, http.StatusServiceUnavailable, r.get("/readyz", "").StatusCode)
	require.Equal(t, http.StatusOK, r.get("/livez", "").StatusCode)
	require.Eventually(t, func() bool { return strings.Contains(r.log.String(), "the store is full") }, 10*time.Second,
		10*time.Millisecond)
	var list struct{ Meta struct{ Total int } }
	_, body = r.call("GET", "/v1/users?limit=0", token, "")
	require.NoError(t, json.Unmarshal([]byte(body), &list))
	require.Equal(t, made+2, list.Meta.Total, "the administrator and the person, too")
	status, body = r.call("POST", person+"/erase", token, "")
	require.Less(t, status, 300, body)
	r.end()

	c.StoreMax = 0
	r = start(t, c)
	status, body = r.call("POST", "/v1/users", token, `{"email":"after@example.com"}`)
	require.Equal(t, http.StatusCreated, status, body)
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "0": 0, "17": 17, "17B": 17, "3 kB": 3000, "3KiB": 3072,
		"20GiB": 20 << 30, "1TB": 1e12} {
		var got int64
		require.NoError(t, size{&got}.Set(text), text)
		require.Equal(t, want, got, text)
		var again int64
		require.NoError(t, size{&again}.Set(size{&got}.String()))
		require.Equal(t, got, again)
	}
	for _, text := range []string{"-1", "1.5GB", "GB", "9999999999TB", "all"} {
		require.Error(t, size{new(int64)}.Set(text), text)
	}
}
