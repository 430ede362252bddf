//go:build browser

package browser

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"accountd/commands/totp"
	"accountd/events"
)

// TestLogInWithACode logs in on the page as somebody who has a second factor.
func TestLogInWithACode(t *testing.T) {
	s := start(t, nil)
	recovery := s.secondFactor(t)
	c, b := register(t, s), open(t)
	b.visit(c.request())
	require.False(t, b.has("[name=otp]"), "nobody is asked for a code before it is known that one is needed")
	b.logIn(s, s.admin.Password)
	require.Contains(t, b.text("[role=alert]"), "Enter the code")
	require.True(t, b.has("[name=otp][autocomplete=one-time-code]"))

	b.fill("otp", "000000")
	b.logIn(s, s.admin.Password)
	require.Contains(t, b.text("[role=alert]"), "the code is wrong")
	b.fill("otp", recovery)
	b.logIn(s, s.admin.Password)
	require.Equal(t, "Allow Phone <book>?", b.text("h1"))
	b.press("Allow")
	require.NotEmpty(t, c.token(t, (<-c.answers).Get("code")))
	require.Empty(t, b.complained())
}

// secondFactor gives the administrator one, and returns a recovery code.
func (s *service) secondFactor(t *testing.T) string {
	t.Helper()
	path := s.url + "/v1/users/" + s.admin.UserID + "/totp"
	var enrolled struct {
		Secret string `json:"secret"`
	}
	send(t, path, s.admin.Token, "application/json", "", &enrolled)
	var confirmed struct {
		RecoveryCodes []string `json:"recovery_codes"`
	}
	code := totp.Code(events.Secret(enrolled.Secret), time.Now())
	send(t, path+"/confirm", s.admin.Token, "application/json", `{"code":"`+code+`"}`, &confirmed)
	require.NotEmpty(t, confirmed.RecoveryCodes)
	return confirmed.RecoveryCodes[0]
}

// has reports whether the page has such an element.
func (b *tab) has(selector string) bool {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[bool](`document.querySelector(`+quoted(selector)+`) !== null`))
}
