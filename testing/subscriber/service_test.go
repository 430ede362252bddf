package subscriber

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"accountd/cmd/adminfile"
	"accountd/cmd/app"
)

// service is accountd in this process, on a folder of its own.
type service struct {
	admin adminfile.File
	nats  string // where subscribers are let in
	stop  func()
}

// lines is what the service logs.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

var listening = regexp.MustCompile(`msg="listening for subscribers" nats=(\S+)`)

func (l *lines) address() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found := listening.FindSubmatch(l.b.Bytes()); found != nil {
		return string(found[1])
	}
	return ""
}

func startService() (*service, error) {
	folder, err := os.MkdirTemp("", "accountd")
	if err != nil {
		return nil, err
	}
	c := app.Default()
	c.Data, c.HTTP, c.NATSListen, c.Sync = filepath.Join(folder, "data"), "127.0.0.1:0", "127.0.0.1:0", "interval"
	ctx, cancel := context.WithCancel(context.Background())
	ready, done, said := make(chan string, 1), make(chan error, 1), &lines{}
	go func() { done <- app.Run(ctx, c, said, app.Hooks{Ready: func(url string) { ready <- url }}) }()
	s := &service{stop: func() { cancel(); <-done; _ = os.RemoveAll(folder) }}
	select {
	case <-ready:
		s.nats = "nats://" + said.address()
		s.admin, err = adminfile.Read(filepath.Join(c.Data, adminfile.Name))
		return s, err
	case err := <-done:
		cancel()
		return nil, err
	}
}

// call makes a request as the administrator and returns the path of what it made. Anything but success ends the test.
func (s *service) call(method, path, body string) (made string) {
	answer, content := s.request(method, path, body)
	if answer.StatusCode >= http.StatusBadRequest {
		log.Fatalf("%s %s: %s: %s", method, path, answer.Status, content)
	}
	return answer.Header.Get("Location")
}

// subscription makes one as the administrator and returns the password of its user.
func (s *service) subscription(body string) string { return s.password("/v1/subscriptions", body) }

// password makes the request that gives one.
func (s *service) password(path, body string) string {
	answer, content := s.request(http.MethodPost, path, body)
	var made struct {
		Password string `json:"nats_password"`
	}
	if err := json.Unmarshal([]byte(content), &made); err != nil || made.Password == "" {
		log.Fatalf("%s: %s: %s", path, answer.Status, content)
	}
	return made.Password
}

func (s *service) request(method, path, body string) (*http.Response, string) {
	r, err := http.NewRequest(method, s.admin.BaseURL+path, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.admin.Token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	return answer, string(content)
}

// await returns when the subscription has so many messages that were not read yet.
func (s *service) await(name string, pending int) {
	for want := fmt.Sprintf(`"pending":%d,"unacknowledged":0`, pending); ; {
		if _, content := s.request(http.MethodGet, "/v1/subscriptions/"+name, ""); strings.Contains(content, want) {
			return
		}
	}
}
