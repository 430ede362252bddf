package integration

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/cmd/app"
	"accountd/testing/cluster"
)

// asService makes this test binary run the service instead of the tests.
const asService = "ACCOUNTD_TEST_RUN_SERVICE"

func TestMain(m *testing.M) {
	cluster.Main()
	if os.Getenv(asService) != "" {
		os.Exit(app.Main(os.Args[1:], nil, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// process is the service in a process of its own.
type process struct {
	cmd    *exec.Cmd
	stderr *output
	admin  admin
	ended  chan error
}

// admin is what the service writes for its administrator.
type admin struct {
	BaseURL   string `json:"base_url"`
	Username  string `json:"username"`
	Password  string `json:"password"`
	Token     string `json:"token"`
	UserID    string `json:"user_id"`
	Panel     string `json:"pterodactyl_key"`
	Danube    string `json:"danube_api_key"`
	E24Key    string `json:"e24_api_key"`
	E24Sign   string `json:"e24_secret_key"`
	AppID     string `json:"client_app_id"`
	AppSecret string `json:"client_app_secret"`
}

// output collects lines and closes ready when the service says that it is.
type output struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
}

func (o *output) follow(r io.Reader) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		o.mu.Lock()
		o.text.WriteString(lines.Text() + "\n")
		o.mu.Unlock()
		if strings.Contains(lines.Text(), `msg=ready`) {
			close(o.ready)
		}
	}
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// run starts the service on a data folder and waits until it is ready.
func run(t testing.TB, data string, args ...string) *process {
	t.Helper()
	p := start(t, data, args...)
	select {
	case <-p.stderr.ready:
	case err := <-p.ended:
		t.Fatalf("the service ended before it was ready: %v\n%s", err, p.stderr)
	case <-time.After(2 * time.Minute):
		t.Fatalf("the service is not ready\n%s", p.stderr)
	}
	p.admin = adminOf(t, data)
	return p
}

// adminOf reads the administrator's file; it is empty where another instance made the administrator.
func adminOf(t testing.TB, data string) (a admin) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "admin.json"))
	if os.IsNotExist(err) {
		return a
	}
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &a))
	return a
}

func start(t testing.TB, data string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	p := &process{cmd: exec.Command(self, append([]string{"--data", data, "--http", "127.0.0.1:0", "--log-format",
		"text"}, args...)...), stderr: &output{ready: make(chan struct{})}, ended: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), asService+"=1")
	pipe, err := p.cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.cmd.Start())
	go func() {
		p.stderr.follow(pipe)
		p.ended <- p.cmd.Wait()
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

var listening = regexp.MustCompile(`msg=ready url=(\S+)`)

// base is where the service listens, as it says itself.
func (p *process) base(t testing.TB) string {
	t.Helper()
	found := listening.FindStringSubmatch(p.stderr.String())
	require.NotNil(t, found, p.stderr)
	return found[1]
}

// kill ends the process as a power cut would, as far as a process can be cut.
func (p *process) kill(t testing.TB) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Kill())
	<-p.ended
}

// call makes one request with the administrator's token and decodes the answer into out, unless it is nil.
func (p *process) call(method, path string, body, out any) (status int, err error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequest(method, p.admin.BaseURL+path, bytes.NewReader(b))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+p.admin.Token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	b, err = io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if out != nil && answer.StatusCode < 300 {
		err = json.Unmarshal(b, out)
	}
	return answer.StatusCode, err
}

// user is what the tests look at of a user.
type user struct {
	ID     string  `json:"id"`
	Number int64   `json:"number"`
	Email  string  `json:"email"`
	Phone  *string `json:"phone"`
	Active bool    `json:"active"`
}

// users pages through everybody.
func (p *process) users(t testing.TB) []user {
	t.Helper()
	var all []user
	for {
		var page struct {
			Data []user `json:"data"`
			Meta struct {
				Total int `json:"total"`
			} `json:"meta"`
		}
		status, err := p.call(http.MethodGet, fmt.Sprintf("/v1/users?limit=500&offset=%d", len(all)), nil, &page)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		all = append(all, page.Data...)
		if len(all) >= page.Meta.Total {
			return all
		}
	}
}
