package app

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/events/seal"
)

// TestCheckpoint starts on a log of many users from a checkpoint, then on one that was changed, and erases somebody.
func TestCheckpoint(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	path := filepath.Join(c.Data, "view.checkpoint")
	require.NoFileExists(t, path, "few records are not worth it")
	master, err := seal.LoadMaster(filepath.Join(c.Data, masterKeyName))
	require.NoError(t, err)
	fill(t, c, master, checkpointWorth)
	r := start(t, c)
	require.NotContains(t, r.log.String(), "loaded the view's checkpoint")
	r.requireUsers(c, `"total":10001`)
	r.end()
	require.FileExists(t, path)

	r = start(t, c)
	require.Contains(t, r.log.String(), "loaded the view's checkpoint")
	require.Positive(t, debug.SetGCPercent(100), "garbage is collected again")
	r.requireUsers(c, `"total":10001`)
	r.end()

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[len(content)/2] ^= 1
	require.NoError(t, os.WriteFile(path, content, 0o600))
	r = start(t, c)
	require.Contains(t, r.log.String(), "the view's checkpoint is of no use")
	r.requireUsers(c, `"total":10001`)
	r.end()

	r = start(t, c)
	require.Contains(t, r.log.String(), "loaded the view's checkpoint", "it was written anew")
	copied, err := os.ReadFile(path)
	require.NoError(t, err)
	token := c.admin(t).Token
	var found struct {
		Data []struct{ ID string }
	}
	require.NoError(t, json.NewDecoder(r.get("/v1/users?filter[username]=user77", token).Body).Decode(&found))
	erase := func() (int, string) {
		return r.call(http.MethodPost, "/v1/users/"+found.Data[0].ID+"/erase", token, "")
	}
	status, body := erase()
	for n := 0; n < 20 && strings.Contains(body, "erasure_unfinished"); n++ { // each waits for some seconds
		status, body = erase()
	}
	require.Less(t, status, 300, body)
	require.NoFileExists(t, path, "the answer waits for it")
	r.end()
	require.NoError(t, os.WriteFile(path, copied, 0o600))
	r = start(t, c)
	require.Contains(t, r.log.String(), "the data key is destroyed", "a copy is of no use either")
	r.requireUsers(c, `"total":10000`)
}

func (r *running) requireUsers(c Config, total string) {
	r.t.Helper()
	answer := r.get("/v1/users?limit=1", c.admin(r.t).Token)
	require.Equal(r.t, http.StatusOK, answer.StatusCode)
	body, err := io.ReadAll(answer.Body)
	require.NoError(r.t, err)
	require.Contains(r.t, strings.ReplaceAll(string(body), " ", ""), total)
}
