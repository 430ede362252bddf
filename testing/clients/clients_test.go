//go:build clients

package clients

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
	"accountd/cmd/app"
)

// panel is a started service as a client of Pterodactyl sees it.
type panel struct{ url, key string }

// startPanel runs the service until the test ends, and makes a key for it.
func startPanel(t *testing.T) panel {
	t.Helper()
	admin := start(t)
	return panel{url: admin.BaseURL, key: makeKey(t, admin)}
}

// start runs the service until the test ends.
func start(t *testing.T) adminfile.File {
	t.Helper()
	c := app.Default()
	c.Data, c.HTTP, c.Sync = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0", "interval"
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- app.Run(ctx, c, io.Discard, app.Hooks{Ready: func(url string) { ready <- url }}) }()
	select {
	case <-ready:
		t.Cleanup(func() {
			stop()
			require.NoError(t, <-done)
		})
		admin, err := adminfile.Read(filepath.Join(c.Data, adminfile.Name))
		require.NoError(t, err)
		return admin
	case err := <-done:
		stop()
		require.NoError(t, err)
	}
	panic("unreachable")
}

func makeKey(t *testing.T, admin adminfile.File) string {
	t.Helper()
	var made struct{ Key string }
	create(t, admin, "/v1/users/"+admin.UserID+"/api-keys",
		`{"kind":"pterodactyl","permissions":{"users":"all","servers":"read"}}`, &made)
	return made.Key
}

// create makes something in the native API.
func create(t *testing.T, admin adminfile.File, path, body string, made any) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, admin.BaseURL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+admin.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, answer.StatusCode, "%s", text)
	require.NoError(t, json.Unmarshal(text, made))
}

// run runs a client's program, which ends with an error when something was not as it must be.
func (p panel) run(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PANEL_URL="+p.url, "PANEL_KEY="+p.key), env...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "whole life cycle")
}

func TestJavaScript(t *testing.T) {
	modules := t.TempDir()
	install := exec.Command("npm", "install", "--prefix", modules, "--no-audit", "--no-fund", "--ignore-scripts",
		"--save-exact", "@devnote-dev/pterojs@2.2.2", "jspteroapi@1.11.3", "nodeactyl@3.3.0")
	out, err := install.CombinedOutput()
	require.NoError(t, err, "%s", out)
	p := startPanel(t)
	for _, program := range []string{"pterojs.cjs", "jspteroapi.cjs", "nodeactyl.cjs"} {
		t.Run(program, func(t *testing.T) {
			p.run(t, ".", []string{"NODE_PATH=" + filepath.Join(modules, "node_modules")}, "node", program)
		})
	}
}

func TestGo(t *testing.T) {
	p := startPanel(t)
	for _, module := range []string{"crocgodyl", "luiggi33"} {
		t.Run(module, func(t *testing.T) { p.run(t, module, nil, "go", "run", ".") })
	}
}

// TestES sends what the es tool sends.
func TestES(t *testing.T) {
	admin := start(t)
	python(t, "danube.py", admin.BaseURL, admin.Password)
}

// TestClientUser sends what programs for the client-user API send.
func TestClientUser(t *testing.T) {
	admin := start(t)
	var public struct {
		ID     string `json:"app_id"`
		Secret string `json:"app_secret"`
	}
	create(t, admin, "/v1/applications", `{"name":"PBX tool","type":"public","access":"all","redirect_uris":["http://127.0.0.1/back"]}`, &public)
	python(t, "clientuser.py", admin.BaseURL, admin.ClientAppID, admin.ClientSecret, public.ID, public.Secret)
}

func python(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("python3", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "whole life cycle")
}
