package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/mailbox"
)

func withMail(t *testing.T, o mailbox.Options) (Config, *mailbox.Server) {
	server := mailbox.Start(t, o)
	c := testConfig(t)
	c.Mail.Server, c.Mail.TLS, c.Mail.From = server.Addr, "none", "Accounts <no-reply@example.org>"
	return c, server
}

// createAnn makes Ann, whose mail is due.
func (r *running) createAnn(c Config) {
	r.t.Helper()
	status, body := r.call("POST", "/api/application/users", c.admin(r.t).PterodactylKey,
		`{"email":"ann@example.org","username":"ann","first_name":"Ann","last_name":"Lee"}`)
	require.Equal(r.t, http.StatusCreated, status, body)
}

// unsent are the mails that could not be sent.
type unsent struct {
	Data []struct {
		ID     string `json:"id"`
		Reason string `json:"reason"`
		Code   int    `json:"code"`
	} `json:"data"`
}

func (r *running) unsent(c Config) (list unsent) {
	r.t.Helper()
	status, body := r.call("GET", "/v1/mail", c.admin(r.t).Token, "")
	require.Equal(r.t, http.StatusOK, status, body)
	require.NoError(r.t, json.Unmarshal([]byte(body), &list))
	return list
}

var setLink = regexp.MustCompile(`http://\S+/set-password\?token=\S+`)

// TestMail goes from an account's creation over the mail and its link to a log-in.
func TestMail(t *testing.T) {
	c, server := withMail(t, mailbox.Options{})
	r := start(t, c)
	r.createAnn(c)
	mail := server.Next()
	require.Equal(t, "ann@example.org", mail.To)
	link := setLink.FindString(mail.Text)
	require.True(t, strings.HasPrefix(link, r.url+"/set-password?token="), mail.Text)

	page, err := http.Get(link)
	require.NoError(t, err)
	page.Body.Close()
	require.Equal(t, http.StatusOK, page.StatusCode)
	_, token, _ := strings.Cut(link, "token=")
	done, err := http.PostForm(r.url+"/set-password", url.Values{"token": {token}, "password": {"correct horse"},
		"repeat": {"correct horse"}})
	require.NoError(t, err)
	text, err := io.ReadAll(done.Body)
	done.Body.Close()
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, done.StatusCode, string(text))
	require.NotContains(t, r.log.String(), token)
	require.Eventually(t, func() bool { // the mail server has it a little before it is counted
		figures, err := io.ReadAll(r.get("/metrics", "").Body)
		return err == nil && strings.Contains(string(figures),
			`accountd_mails_total{mail="account_created",outcome="sent"} 1`)
	}, time.Minute, time.Millisecond)
	require.NotContains(t, r.log.String(), "ann@example.org")
}

func TestMailThatCannotBeSent(t *testing.T) {
	c, server := withMail(t, mailbox.Options{})
	server.Behave(func(string) error { return mailbox.Refusal(550, 5, 1, 1, "nobody") })
	r := start(t, c)
	r.createAnn(c)
	var list unsent
	require.Eventually(t, func() bool { list = r.unsent(c); return len(list.Data) == 1 }, time.Minute,
		10*time.Millisecond)
	require.Equal(t, "refused", list.Data[0].Reason)
	require.Equal(t, 550, list.Data[0].Code)
	token := c.admin(t).Token
	post := func(method, path string) int { status, _ := r.call(method, path, token, ""); return status }
	send := "/v1/mail/" + list.Data[0].ID + "/send"
	require.Equal(t, http.StatusOK, post("GET", "/v1/mail/"+list.Data[0].ID))
	require.Equal(t, http.StatusConflict, post("POST", send))
	server.Behave(nil)
	require.Equal(t, http.StatusNoContent, post("POST", send))
	require.Equal(t, "ann@example.org", server.Next().To)
	require.Equal(t, http.StatusNotFound, post("POST", send))
	require.Equal(t, http.StatusNotFound, post("DELETE", "/v1/mail/"+list.Data[0].ID))
}

// TestMailIsOff shows that nothing waits for mails when there is no mail server.
func TestMailIsOff(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	r.createAnn(c)
	require.Equal(t, 1, strings.Count(r.log.String(), "mail is off"))
	require.Empty(t, r.unsent(c).Data)
}

func TestMailSettings(t *testing.T) {
	bad := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bad, "account_created.txt"), []byte("Subject: Hi\n\n{{.Nobody}}"),
		0o600))
	stray := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(stray, "welcome.txt"), nil, 0o600))
	for want, change := range map[string]func(*Mail){
		"smtp: no mail server is given":            func(m *Mail) { m.Server = "" },
		`smtp: "mail.example" is no address`:       func(m *Mail) { m.Server = "mail.example" },
		"the sender is no address":                 func(m *Mail) { m.From = "nobody" },
		"the password is given in the environment": func(m *Mail) { m.Password, m.PasswordFile = "x", "y" },
		"service-name: must not be empty":          func(m *Mail) { m.Service = "" },
		"can't evaluate field Nobody":              func(m *Mail) { m.Templates = bad },
		"welcome.txt is no template of a mail":     func(m *Mail) { m.Templates = stray },
		"no such file":                             func(m *Mail) { m.Templates = filepath.Join(bad, "none") },
	} {
		c := Default()
		c.Mail.Server, c.Mail.From = "mail.example:25", "a@example.org"
		change(&c.Mail)
		require.ErrorContains(t, c.Validate(), want)
	}
	file := filepath.Join(bad, "password")
	require.NoError(t, os.WriteFile(file, []byte("open sesame\n"), 0o600))
	password, err := Mail{PasswordFile: file}.password()
	require.NoError(t, err)
	require.Equal(t, "open sesame", password.Reveal())
	c, err := loadFrom(t, nil, []string{"ACCOUNTD_SMTP_PASSWORD=open sesame"}, "")
	require.NoError(t, err)
	require.Equal(t, "open sesame", c.Mail.Password.Reveal())
}
