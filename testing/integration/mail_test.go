package integration

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/mailbox"
)

// TestMailsSurviveAKill kills the service while mails are due that the mail server does not take, and once more while
// it takes them: none is lost, and what comes twice says so.
func TestMailsSurviveAKill(t *testing.T) {
	data, server := t.TempDir(), mailbox.Start(t, mailbox.Options{})
	args := []string{"--smtp", server.Addr, "--smtp-tls", "none", "--mail-from", "no-reply@example.org", "--public-url",
		"https://accounts.example.org"}
	due := map[string]bool{}
	p := run(t, data, args...)
	server.Behave(func(string) error { return mailbox.Refusal(451, 4, 3, 2, "not now") })
	p.panelUsers(t, due, 6)
	require.Eventually(t, func() bool { return server.Attempts() >= len(due) }, time.Minute, 10*time.Millisecond)
	p.kill(t)
	require.Empty(t, server.Mails)

	p = run(t, data, args...)
	taken := make(chan struct{}, 1000)
	server.Behave(func(string) error { taken <- struct{}{}; return nil })
	p.panelUsers(t, due, 6)
	<-taken
	p.kill(t) // it is sending

	p = run(t, data, args...)
	ids := map[string]string{}
	for len(ids) < len(due) {
		m := server.Next()
		require.True(t, due[m.To], "nobody asked for a mail to %s", m.To)
		require.Contains(t, m.Text, "https://accounts.example.org/set-password?token=")
		id := m.Header.Get("Message-Id")
		require.True(t, ids[m.To] == "" || ids[m.To] == id, "a mail that comes twice has the same id")
		ids[m.To] = id
	}
	require.NotContains(t, p.stderr.String(), "token=")
	p.kill(t)
}

// panelUsers makes users without a password, whose mails are due.
func (p *process) panelUsers(t *testing.T, due map[string]bool, count int) {
	t.Helper()
	for range count {
		name := fmt.Sprintf("user%d", len(due))
		r, err := http.NewRequest(http.MethodPost, p.admin.BaseURL+"/api/application/users",
			strings.NewReader(fmt.Sprintf(
				`{"email":"%s@example.org","username":"%s","first_name":"F","last_name":"L"}`, name, name)))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+p.admin.Panel)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusCreated, answer.StatusCode)
		due[name+"@example.org"] = true
	}
}
