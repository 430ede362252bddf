//go:build browser

package browser

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/app"
	"accountd/testing/mailbox"
)

var link = regexp.MustCompile(`http://\S+/set-password\?token=\S+`)

// TestSetPassword follows the link in a mail.
func TestSetPassword(t *testing.T) {
	server := mailbox.Start(t, mailbox.Options{})
	s := start(t, func(c *app.Config) {
		c.Mail.Server, c.Mail.TLS, c.Mail.From, c.Mail.Service = server.Addr, "none", "no-reply@example.org",
			"Example Cloud"
	})
	r, err := http.NewRequest(http.MethodPost, s.url+"/api/application/users",
		strings.NewReader(`{"email":"ann@example.org","username":"ann","first_name":"Ann","last_name":"Lee"}`))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+s.admin.PterodactylKey)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	url := link.FindString(server.Next().Text)

	b := open(t)
	require.EqualValues(t, http.StatusOK, b.visit(url))
	require.Contains(t, b.text("dl"), "ann")
	require.Equal(t, "password", b.focused())
	b.fill("password", "correct horse")
	b.fill("repeat", "Correct horse")
	require.EqualValues(t, http.StatusUnprocessableEntity, b.press("Set password"))
	require.Contains(t, b.text("[role=alert]"), "not the same")
	require.Equal(t, "errors", b.focused())
	require.Empty(t, b.location().RawQuery, "the link is not in the address any more")
	b.fill("password", "correct horse")
	b.fill("repeat", "correct horse")
	require.EqualValues(t, http.StatusOK, b.press("Set password"))
	require.Equal(t, "Your password is set", b.text("h1"))
	require.EqualValues(t, http.StatusGone, b.visit(url))
	require.Contains(t, b.text("main"), "does not work any more")

	_, token, _ := strings.Cut(url, "token=")
	require.NotContains(t, s.log.String(), token)
}
