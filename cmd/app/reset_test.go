package app

import (
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
)

// TestResetAdministrator locks the administrator out in every way, and lets it in again.
func TestResetAdministrator(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	old := c.admin(t)
	status, body := r.call("PATCH", "/v1/users/"+old.UserID, old.Token, `{"username":"root"}`)
	require.Equal(t, http.StatusOK, status, body)
	r.end()
	path := filepath.Join(c.Data, adminfile.Name)
	require.NoError(t, os.Remove(path))
	r = start(t, c)
	require.Contains(t, r.log.String(), "the administrator's file is missing")
	r.end()

	var log syncBuffer
	require.NoError(t, ResetAdministrator(context.Background(), c, &log))
	require.Contains(t, log.String(), "the administrator gets in again")
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	fresh := c.admin(t)
	require.Equal(t, []string{old.UserID, "root"}, []string{fresh.UserID, fresh.Username})
	require.NotContains(t, []string{"", old.FeedPassword}, fresh.FeedPassword)
	for _, leaks := range []string{fresh.Password, fresh.Token} {
		require.NotContains(t, log.String(), leaks)
	}

	r = start(t, c)
	status, _ = r.call("GET", "/v1/users", old.Token, "")
	require.Equal(t, http.StatusUnauthorized, status, "what was lost may be in somebody's hands")
	status, history := r.call("GET", "/v1/users/"+fresh.UserID+"/history?limit=500", fresh.Token, "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, history, `"actor":"operator"`)
	for _, key := range []string{fresh.PterodactylKey} {
		status, body = r.call("GET", "/api/application/users", key, "")
		require.Equal(t, http.StatusOK, status, body)
	}
	status, body = r.call("POST", "/v1/sessions", "",
		jsonOf(t, map[string]string{"username": "root", "password": fresh.Password}))
	require.Less(t, status, 300, body)
	status, body = r.call("POST", "/v1/sessions", "",
		jsonOf(t, map[string]string{"username": "root", "password": old.Password}))
	require.Equal(t, http.StatusUnauthorized, status, body)
	r.end()

	require.NoError(t, ResetAdministrator(context.Background(), c, &log), "again, with a file that is there")
	require.NotEqual(t, fresh.Token, c.admin(t).Token)
	require.NotContains(t, []string{"", fresh.FeedPassword}, c.admin(t).FeedPassword)
	r = start(t, c)
	status, _ = r.call("GET", "/v1/users", c.admin(t).Token, "")
	require.Equal(t, http.StatusOK, status)
	status, _ = r.call("GET", "/v1/users", fresh.Token, "")
	require.Equal(t, http.StatusUnauthorized, status)
}

// TestResetNeedsAService: a wrong folder is not filled with a new log.
func TestResetNeedsAService(t *testing.T) {
	c := testConfig(t)
	require.ErrorIs(t, ResetAdministrator(context.Background(), c, &syncBuffer{}), fs.ErrNotExist)
	require.NoDirExists(t, c.Data)
}

// TestTheAdministratorsFileIsTorn: the service starts, and says so.
func TestTheAdministratorsFileIsTorn(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	path := filepath.Join(c.Data, adminfile.Name)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, content[:len(content)/2], 0o600))
	require.NoError(t, os.WriteFile(path+".new", content[:len(content)/2], 0o600))
	r := start(t, c)
	require.Contains(t, r.log.String(), "the administrator's file cannot be used")
	require.Contains(t, r.log.String(), "accountd admin-reset")
	require.NoFileExists(t, path+".new")
}

// TestNoNewAdministratorInPlaceOfOne: an empty store beside an administrator's file has lost its log.
func TestNoNewAdministratorInPlaceOfOne(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	before := c.admin(t)
	require.NoError(t, os.RemoveAll(filepath.Join(c.Data, "nats")))
	require.NoError(t, os.Remove(filepath.Join(c.Data, "checkpoint.json")))
	_, err := tryStart(t, c)
	require.ErrorContains(t, err, "tells of an administrator")
	require.Equal(t, before, c.admin(t))
}
