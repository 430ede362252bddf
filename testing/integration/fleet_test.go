//go:build cluster

package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/cmd/app"
	"accountd/events/seal"
	"accountd/testing/cluster"
	"accountd/testing/mailbox"
)

// fleet is three instances on a cluster of three servers, each of which prefers a server of its own.
type fleet struct {
	key       string
	admin     admin
	data      [cluster.Size]string
	args      []string
	mu        sync.Mutex
	instances [cluster.Size]*process // read by the test's own goroutine; others call instance
}

// TestThreeServers has three instances write while each server of the cluster goes away and comes back. Nothing that
// was acknowledged is missing, in no instance; mails, webhooks and the feed told of everything; sessions and lock-outs
// hold everywhere; and after all that the master key is rotated and an instance starts from its checkpoint.
func TestThreeServers(t *testing.T) {
	servers, mails, hooks := cluster.Start(t), mailbox.Start(t, mailbox.Options{}), listen(t)
	f := startFleet(t, servers, "--smtp", mails.Addr, "--smtp-tls", "none", "--mail-from", "no-reply@example.org",
		"--public-url", "https://accounts.example.org", "--webhook-allow-private")
	must(t, f.instances[1], http.MethodPost, "/v1/webhooks",
		map[string]any{"url": hooks.url, "types": []string{"UserCreated"}}, nil)
	f.importUsers(t, 10_000)
	session := f.logIn(t)

	made, mailed := f.write(t, servers)

	f.requireUsers(t, made)
	f.requireSession(t, session)
	f.requireLockOut(t)
	f.requireOneHistory(t)
	for email := range made {
		require.Eventually(t, func() bool { return hooks.heard(email) }, 2*time.Minute, 10*time.Millisecond, email)
	}
	requireMails(t, mails, mailed)
	requireFeed(t, servers.URLs(0))
	requireReplicas(t, servers.URLs(0))

	f.stop(t)
	require.Zero(t, app.Main(append([]string{"rotate-master-key", "--data", f.data[0], "--nats", servers.URLs(0)},
		"--master-key-file", f.key), nil, io.Discard, os.Stderr))
	f.start(t, servers)
	for _, p := range f.instances {
		require.Contains(t, p.stderr.String(), "loaded the view's checkpoint")
	}
	f.requireUsers(t, made)
	f.requireSession(t, session)
}

func startFleet(t *testing.T, servers *cluster.Cluster, args ...string) *fleet {
	t.Helper()
	f := &fleet{key: t.TempDir() + "/master.key", args: args}
	_, err := seal.CreateMaster(f.key)
	require.NoError(t, err)
	for i := range f.data {
		f.data[i] = t.TempDir()
	}
	f.start(t, servers)
	return f
}

// start starts all instances; the first makes the administrator at its first start.
func (f *fleet) start(t *testing.T, servers *cluster.Cluster) {
	t.Helper()
	for i := range f.instances {
		f.startOne(t, servers, i)
	}
}

func (f *fleet) startOne(t *testing.T, servers *cluster.Cluster, i int) {
	t.Helper()
	p := run(t, f.data[i], append([]string{"--nats", servers.URLs(i), "--master-key-file", f.key}, f.args...)...)
	if f.admin.Token == "" {
		f.admin = p.admin
	}
	p.admin = f.admin
	p.admin.BaseURL = p.base(t)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.instances[i] = p
}

// instance returns the process that is this instance now.
func (f *fleet) instance(i int) *process {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.instances[i]
}

func (f *fleet) signal(t *testing.T, i int, s os.Signal) {
	t.Helper()
	require.NoError(t, f.instance(i).cmd.Process.Signal(s))
}

func (f *fleet) stop(t *testing.T) {
	t.Helper()
	for _, p := range f.instances {
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
		require.NoError(t, <-p.ended, p.stderr)
	}
}

// must makes a request that is answered with success.
func must(t *testing.T, p *process, method, path string, body, out any) {
	t.Helper()
	status, err := p.call(method, path, body, out)
	require.NoError(t, err)
	require.Less(t, status, 300, "%s %s", method, path)
}

// importUsers makes users enough to be worth a checkpoint.
func (f *fleet) importUsers(t *testing.T, count int) {
	t.Helper()
	var lines strings.Builder
	for i := range count {
		_, _ = fmt.Fprintf(&lines, `{"email":"imported%d@example.org"}`+"\n", i)
	}
	p := f.instances[0]
	status, results := p.send(t, http.MethodPost, "/v1/users:import", lines.String(),
		map[string]string{"Authorization": "Bearer " + p.admin.Token, "Content-Type": "application/x-ndjson"})
	require.Equal(t, http.StatusOK, status, results)
	require.Equal(t, count, strings.Count(results, `"status":201`))
}

// write has every instance make users while one server after another goes away and comes back, and each time one user
// whom a mail is due to. It returns the addresses that were acknowledged, and those of the latter.
func (f *fleet) write(t *testing.T, servers *cluster.Cluster) (made, mailed map[string]bool) {
	t.Helper()
	var mu sync.Mutex
	made, mailed = map[string]bool{}, map[string]bool{}
	var counts [cluster.Size]atomic.Int64
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for i, p := range f.instances {
		writers.Go(func() {
			for n := 0; !closed(stop); n++ {
				email := fmt.Sprintf("user%d-%d@example.org", i, n)
				if !p.make(t, email) {
					return
				}
				mu.Lock()
				made[email] = true
				mu.Unlock()
				counts[i].Add(1)
			}
		})
	}
	everybodyWrites := func() {
		t.Helper()
		for i, p := range f.instances {
			before := counts[i].Load()
			require.Eventually(t, func() bool { return counts[i].Load() >= before+3 }, 2*time.Minute,
				10*time.Millisecond)
			p.panelUsers(t, mailed, 1)
		}
	}
	everybodyWrites()
	for i := range cluster.Size {
		servers.Down(i)
		everybodyWrites()
		servers.Up(i)
		everybodyWrites()
	}
	close(stop)
	writers.Wait()
	maps.Copy(made, mailed)
	return made, mailed
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// make makes a user, asking again as long as it is told to; that an earlier try took effect is then seen by the
// refusal.
func (p *process) make(t *testing.T, email string) bool {
	for {
		status, err := p.call(http.MethodPost, "/v1/users", map[string]any{"email": email}, nil)
		switch {
		case err != nil:
			t.Errorf("calling: %v", err)
			return false
		case status == http.StatusCreated, status == http.StatusConflict:
			return true
		case status != http.StatusServiceUnavailable:
			t.Errorf("status %d", status)
			return false
		}
	}
}

// requireUsers proves that every instance has everybody who was acknowledged, and gave no number twice.
func (f *fleet) requireUsers(t *testing.T, made map[string]bool) {
	t.Helper()
	last := user{}
	must(t, f.instances[0], http.MethodPatch, "/v1/users/"+f.instances[0].admin.UserID,
		map[string]any{"comment": t.Name()}, nil)
	for _, p := range f.instances {
		// has it follow to here
		must(t, p, http.MethodPatch, "/v1/users/"+p.admin.UserID, map[string]any{"comment": p.admin.BaseURL}, nil)
		found := map[string]bool{}
		for i, u := range p.users(t) {
			require.Equal(t, int64(i+1), u.Number)
			found[u.Email], last = true, u
		}
		for email := range made {
			require.True(t, found[email], "%s is missing behind %s", email, last.Email)
		}
	}
}

// logIn returns the token of a session that the first instance made.
func (f *fleet) logIn(t *testing.T) string {
	t.Helper()
	var made struct {
		Token string `json:"token"`
	}
	p := f.instances[0]
	must(t, p, http.MethodPost, "/v1/sessions", map[string]any{"username": p.admin.Username,
		"password": p.admin.Password}, &made)
	require.NotEmpty(t, made.Token)
	return made.Token
}

// requireSession proves that the session holds at every instance.
func (f *fleet) requireSession(t *testing.T, token string) {
	t.Helper()
	for _, p := range f.instances {
		as := &process{admin: admin{BaseURL: p.admin.BaseURL, Token: token}}
		must(t, as, http.MethodGet, "/v1/sessions/current", nil, nil)
	}
}

// requireLockOut proves that instances count wrong passwords together.
func (f *fleet) requireLockOut(t *testing.T) {
	t.Helper()
	guess := map[string]any{"username": "imported1@example.org", "password": "a wrong guess"}
	refused := 0
	for n := 0; refused < cluster.Size; n++ {
		require.Less(t, n, 60, "nobody is locked out")
		status, err := f.instances[n%cluster.Size].call(http.MethodPost, "/v1/sessions", guess, nil)
		require.NoError(t, err)
		if status == http.StatusTooManyRequests {
			refused++ // and by the next ones, too
			continue
		}
		require.Equal(t, http.StatusUnauthorized, status)
		require.Zero(t, refused, "one instance knows of the lock-out, and another does not")
	}
}

// requireOneHistory proves that the instances sign the same history.
func (f *fleet) requireOneHistory(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		texts := map[string]bool{}
		for _, p := range f.instances {
			_, text := p.native(t, http.MethodGet, "/v1/audit/checkpoint", "")
			texts[text] = true
		}
		return len(texts) == 1 // an event of the mailer may come between
	}, time.Minute, 100*time.Millisecond)
}

// requireMails proves that everybody was sent a mail; what comes twice says so.
func requireMails(t *testing.T, mails *mailbox.Server, due map[string]bool) {
	t.Helper()
	ids := map[string]string{}
	for missing := len(due); missing > 0; {
		m := mails.Next()
		id := m.Header.Get("Message-Id")
		require.True(t, ids[m.To] == "" || ids[m.To] == id, "a mail that comes twice has the same id")
		if ids[m.To] == "" && due[m.To] {
			missing--
		}
		ids[m.To] = id
	}
}

// requireReplicas proves that whatever the service stores is on all three servers.
func requireReplicas(t *testing.T, url string) {
	t.Helper()
	streams := jetStream(t, url).ListStreams(t.Context())
	for info := range streams.Info() {
		require.Equal(t, cluster.Size, info.Config.Replicas, info.Config.Name)
	}
	require.NoError(t, streams.Err())
}

// hooks is an address that webhooks are sent to.
type hooks struct {
	url    string
	mu     sync.Mutex
	emails map[string]bool
}

func listen(t *testing.T) *hooks {
	h := &hooks{emails: map[string]bool{}}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var event struct {
			Data struct {
				Email string `json:"email"`
			} `json:"data"`
		}
		if json.NewDecoder(r.Body).Decode(&event) == nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.emails[event.Data.Email] = true
		}
	}))
	t.Cleanup(s.Close)
	h.url = s.URL
	return h
}

func (h *hooks) heard(email string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.emails[email]
}
