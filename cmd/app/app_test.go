package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/adminfile"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

// running is a service in this process.
type running struct {
	t    testing.TB
	url  string
	log  *syncBuffer
	stop context.CancelFunc
	done chan error
}

// syncBuffer may be read while somebody writes.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func testConfig(t testing.TB) Config {
	c := Default()
	c.Data, c.HTTP, c.Sync, c.LogLevel = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0", syncInterval,
		slog.LevelDebug
	return c
}

// start runs the service until it is ready.
func start(t testing.TB, c Config) *running {
	t.Helper()
	r, err := tryStart(t, c)
	require.NoError(t, err)
	return r
}

// tryStart returns what the service ended with instead of becoming ready.
func tryStart(t testing.TB, c Config) (*running, error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{t: t, log: &syncBuffer{}, stop: stop, done: make(chan error, 1)}
	ready := make(chan string, 1)
	go func() { r.done <- Run(ctx, c, r.log, Hooks{Ready: func(url string) { ready <- url }}) }()
	t.Cleanup(stop)
	select {
	case r.url = <-ready:
		t.Cleanup(r.end)
		return r, nil
	case err := <-r.done:
		return nil, err
	}
}

// end stops the service, once.
func (r *running) end() {
	r.t.Helper()
	if r.done == nil {
		return
	}
	r.stop()
	require.NoError(r.t, <-r.done)
	r.done = nil
}

func (r *running) get(path, token string) *http.Response {
	r.t.Helper()
	q, err := http.NewRequest(http.MethodGet, r.url+path, nil)
	require.NoError(r.t, err)
	q.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(q)
	require.NoError(r.t, err)
	r.t.Cleanup(func() { answer.Body.Close() })
	return answer
}

func (c Config) admin(t testing.TB) adminfile.File {
	t.Helper()
	f, err := adminfile.Read(filepath.Join(c.Data, adminfile.Name))
	require.NoError(t, err)
	return f
}

// firstRecords is how many records the first start leaves in the log: the client, the administrator, two datacenters, a
// group and an application.
const firstRecords = 6

func TestFirstStart(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	path := filepath.Join(c.Data, adminfile.Name)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Regexp(t, `"danube_api_key": "[0-9a-f]{32}",\s*"danube_callback_key": "[0-9a-f]{32}"`, string(content))
	require.Regexp(t, `"client_id": 1,\s*"client_app_id": "[0-9a-f]{32}",\s*"client_app_secret": "[0-9a-f]{32}"`,
		string(content))
	members := map[string]string{}
	fields := reflect.ValueOf(c.admin(t))
	for i := range fields.NumField() {
		members[strings.Split(fields.Type().Field(i).Tag.Get("json"), ",")[0]] = fmt.Sprint(fields.Field(i))
	}
	require.Equal(t, r.url, members["base_url"])
	require.GreaterOrEqual(t, len(members["password"]), 24)
	require.NoFileExists(t, path+".new")

	answer := r.get("/v1/users/"+members["user_id"], members["token"])
	require.Equal(t, http.StatusOK, answer.StatusCode)
	var user map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&user))
	require.EqualValues(t, 1, user["number"])
	require.Equal(t, "admin", user["username"])
	require.Equal(t, "admin@example.com", user["email"])
	require.Equal(t, true, user["super_admin"])
	require.Equal(t, true, user["api_access"])
	require.Equal(t, http.StatusOK, r.get("/v1/events", members["token"]).StatusCode)
	require.Equal(t, http.StatusUnauthorized, r.get("/v1/events", "acct_").StatusCode)
	require.Equal(t, http.StatusUnauthorized, r.get("/v2/account", "").StatusCode)
	require.Equal(t, http.StatusOK, r.get("/", "").StatusCode)

	require.Equal(t, http.StatusOK, r.get("/api/application/users", members["pterodactyl_key"]).StatusCode)

	r.end()
	require.Contains(t, r.log.String(), path)
	key, err := os.ReadFile(filepath.Join(c.Data, masterKeyName))
	require.NoError(t, err)
	for name, secret := range members {
		if name == "password" || name == "token" || name == "pterodactyl_key" || name == "danube_api_key" ||
			name == "danube_callback_key" || name == "e24_secret_key" || name == "client_app_secret" {
			require.NotContains(t, r.log.String(), secret)
		}
	}
	require.NotContains(t, r.log.String(), strings.TrimSpace(string(key)))
}

func TestSecondStartKeepsEverything(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	before := c.admin(t)
	r := start(t, c)
	after := c.admin(t)
	require.Equal(t, r.url, after.BaseURL)
	after.BaseURL = before.BaseURL
	require.Equal(t, before, after)
	require.Equal(t, http.StatusOK, r.get("/v1/users/"+before.UserID, before.Token).StatusCode)
	require.NotContains(t, r.log.String(), "made the")
}

func TestSecondServiceInOneFolder(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	_, err := tryStart(t, c)
	require.ErrorContains(t, err, "another process uses this data folder")
	require.Equal(t, http.StatusOK, r.get("/readyz", "").StatusCode)
}

func TestSeveralServices(t *testing.T) {
	a, b := testConfig(t), testConfig(t)
	ra, rb := start(t, a), start(t, b)
	require.Equal(t, http.StatusOK, ra.get("/v1/users", a.admin(t).Token).StatusCode)
	require.Equal(t, http.StatusUnauthorized, rb.get("/v1/users", a.admin(t).Token).StatusCode)
	figures, err := io.ReadAll(rb.get("/metrics", "").Body)
	require.NoError(t, err)
	for _, line := range []string{fmt.Sprint("accountd_log_position ", firstRecords),
		fmt.Sprint("accountd_view_position ", firstRecords), "accountd_view_lag_records 0", "accountd_users 1",
		"accountd_append_commands_count 1", "accountd_password_hashes_waiting 0", "accountd_commands_waiting 0",
		"accountd_engine_connected 1", "accountd_view_lag_seconds 0"} {
		require.Contains(t, string(figures), "\n"+line+"\n")
	}
	for _, name := range []string{"accountd_feed_lag_seconds", "accountd_store_bytes", "accountd_store_limit_bytes"} {
		require.Contains(t, string(figures), "\n"+name+" ")
	}
}

func TestLostMasterKey(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	key := filepath.Join(c.Data, masterKeyName)
	require.NoError(t, os.Rename(key, key+".away"))
	before := stored(t, c.Data)
	_, err := tryStart(t, c)
	require.ErrorContains(t, err, "there is a log but no master key at "+key)
	require.Equal(t, before, stored(t, c.Data), "no new key, and nothing over the old log")
	require.NoError(t, os.Rename(key+".away", key))
	r := start(t, c)
	require.Equal(t, http.StatusOK, r.get("/v1/users", c.admin(t).Token).StatusCode)
}

func TestWrongMasterKey(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	before := stored(t, c.Data)
	wrong := c
	wrong.MasterKey = events.Secret(seal.Generate().Text())
	_, err := tryStart(t, wrong)
	require.ErrorIs(t, err, eventlog.ErrWrongKey)
	require.Equal(t, before, stored(t, c.Data))
	r := start(t, c)
	require.Equal(t, http.StatusOK, r.get("/v1/users", c.admin(t).Token).StatusCode)
}

// stored returns a hash of every file that holds something of ours: all but the lock and the engine's own indexes.
func stored(t *testing.T, folder string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "index.db") || d.Name() == "lock" {
			return err
		}
		content, err := os.ReadFile(path)
		out[path] = sha256.Sum256(content)
		return err
	}))
	return out
}

func TestKeyFromOutsideIsNotStored(t *testing.T) {
	c := testConfig(t)
	c.MasterKey = events.Secret(seal.Generate().Text())
	start(t, c).end()
	require.NoFileExists(t, filepath.Join(c.Data, masterKeyName))
	start(t, c)
}

func TestLogThatIsNotTheOneSeenBefore(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	r.end()
	path := filepath.Join(c.Data, "checkpoint.json")
	anchor, err := eventlog.LoadAnchor(path)
	require.NoError(t, err)
	require.EqualValues(t, firstRecords, anchor.Head.Sequence)
	anchor.Head.Sequence++
	require.NoError(t, eventlog.SaveAnchor(path, anchor))
	_, err = tryStart(t, c)
	require.ErrorIs(t, err, eventlog.ErrLogDiffers)
	require.ErrorContains(t, err, "remove "+path)
	require.NoError(t, os.Remove(path))
	start(t, c)
}

func TestCrashWhileTheAdministratorWasMade(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	path := filepath.Join(c.Data, adminfile.Name)
	made := c.admin(t)

	require.NoError(t, os.Rename(path, path+".new")) // the crash was behind the append
	r := start(t, c)
	made.BaseURL = r.url
	require.Equal(t, made, c.admin(t))
	require.NoFileExists(t, path+".new")
	r.end()

	other := made
	other.Token = "acct_of_an_administrator_who_was_never_made"
	require.NoError(t, adminfile.Write(path+".new", other)) // the crash was before it, and somebody else came
	r = start(t, c)
	made.BaseURL = r.url
	require.Equal(t, made, c.admin(t))
	require.NoFileExists(t, path+".new")

	fresh := testConfig(t)
	require.NoError(t, os.MkdirAll(fresh.Data, 0o700))
	// before it, in an empty log
	require.NoError(t, adminfile.Write(filepath.Join(fresh.Data, adminfile.Name+".new"), other))
	r = start(t, fresh)
	require.NotEqual(t, other.Token, fresh.admin(t).Token)
	require.Equal(t, http.StatusOK, r.get("/v1/users", fresh.admin(t).Token).StatusCode)
}

func TestWhatRunsMayFinish(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	body := &heldBody{Reader: strings.NewReader(`{"username":"late","email":"late@example.com"}`),
		release: make(chan struct{})}
	q, err := http.NewRequest(http.MethodPost, r.url+"/v1/users", body)
	require.NoError(t, err)
	q.Header.Set("Authorization", "Bearer "+c.admin(t).Token)
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Expect", "100-continue")
	var said bool
	q = q.WithContext(httptrace.WithClientTrace(q.Context(), &httptrace.ClientTrace{Got100Continue: func() {
		r.stop() // the handler is reading
		said = draining(r.url)
		close(body.release)
	}}))
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ExpectContinueTimeout = drainFor
	answer, err := transport.RoundTrip(q)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	require.True(t, said, "the service did not say that it is draining")
}

// draining returns when the service says that it is not ready any more, and lets nobody else in.
func draining(url string) bool {
	status := func(path string) int {
		answer, err := http.Get(url + path)
		if err != nil {
			return 0
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	for status("/readyz") == http.StatusOK {
	}
	return status("/readyz") == http.StatusServiceUnavailable && status("/v1/users") == http.StatusServiceUnavailable
}

// heldBody is read when it is released.
type heldBody struct {
	*strings.Reader
	release chan struct{}
}

func (b *heldBody) Read(p []byte) (int, error) {
	<-b.release
	return b.Reader.Read(p)
}

func TestAddressThatIsTaken(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	other := testConfig(t)
	other.HTTP = strings.TrimPrefix(r.url, "http://")
	_, err := tryStart(t, other)
	require.ErrorContains(t, err, "listening for HTTP")
}
