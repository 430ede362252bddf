//go:build browser

package browser

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browse opens the browser of the APIs, coming from the landing page.
func browse(s *service, b *tab) {
	b.withScripts()
	require.EqualValues(b.t, http.StatusOK, b.visit(s.url+"/"))
	require.EqualValues(b.t, http.StatusOK, b.follow("Try the APIs"))
}

// pick chooses the dialect that is shown, and waits until it is.
func (b *tab) pick(title string) {
	b.t.Helper()
	path := find[string](b, `//select[@id="select"]/option[.="`+title+`"]`, `return e.value`)
	b.enter(`//select[@id="select"]`, path)
	b.shown(`//hgroup//h2[contains(.,"` + title + `")]`)
}

const (
	opener = `//div[contains(@class,"scheme-container")]//button[contains(@class,"authorize")]`
	dialog = `//div[@class="dialog-ux"]`
	closer = dialog + `//button[@class="close-modal"]`
)

// authorize enters credentials in the fields of that part of the dialog which is about the scheme.
func (b *tab) authorize(scheme string, credentials ...string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	b.click(opener)
	for !strings.Contains(b.shown(dialog), scheme) { // for a moment it still has those of the dialect before
		require.NoError(b.t, ctx.Err(), "nothing asks for %s", scheme)
		b.click(closer)
		b.click(opener)
	}
	own := dialog + `//div[@class="auth-container"][.//h4[contains(.,"` + scheme + `")]]`
	for i, value := range credentials {
		b.enter(fmt.Sprintf(`(%s//input)[%d]`, own, i+1), value)
	}
	b.click(own + `//button[.="Authorize"]`)
	outcome := b.shown(own + `//button[.="Logout"] | ` + dialog + `//div[@class="errors"]`)
	require.Equal(b.t, "Logout", outcome)
	b.click(closer)
}

// try makes a call, with parameters as name=value and a body unless it is empty, and returns the status and what is
// shown of the answer.
func (b *tab) try(operation, body string, parameters ...string) (status, answer string) {
	b.t.Helper()
	end := "-" + operation // behind the tag
	block := fmt.Sprintf(`//div[starts-with(@id,"operations-")][substring(@id,string-length(@id)-%d)="%s"]`, len(end)-1,
		end)
	b.click(block + `//button[@class="opblock-summary-control"]`)
	b.click(block + `//button[contains(@class,"try-out__btn")]`)
	for _, p := range parameters {
		name, value, _ := strings.Cut(p, "=")
		b.enter(block+`//tr[@data-param-name="`+name+`"]//input`, value)
	}
	if body != "" {
		b.enter(block+`//textarea`, body)
	}
	b.click(block + `//button[contains(@class,"execute")]`)
	row := block + `//table[contains(@class,"live-responses-table")]//tr[@class="response"]`
	return b.shown(row + `/td[1]`), b.shown(row + `//pre[1]`)
}

// TestTryTheAPIs authorizes in each dialect whose calls a browser can make, creates a user in each, and sees them all.
func TestTryTheAPIs(t *testing.T) {
	s, b := start(t, nil), open(t)
	browse(s, b)

	b.pick("Pterodactyl application API")
	b.authorize("panel_key", s.admin.PterodactylKey)
	status, answer := b.try("pterodactyl_post_api_application_users",
		`{"email":"ann@example.org","username":"ann","first_name":"Ann","last_name":"Lee"}`)
	require.Equal(t, "201", status, answer)

	b.pick("Danube Cloud API")
	b.authorize("es_api_key", s.admin.DanubeAPIKey)
	status, answer = b.try("danube_post_api_accounts_user_username",
		`{"first_name":"Jo","last_name":"Do","email":"jo@example.org","password":"s3cret","dc":"main"}`, "username=jo")
	require.Equal(t, "201", status, answer)

	b.pick("Client-user API")
	b.authorize("oauth", s.admin.ClientAppID, s.admin.ClientSecret)
	status, answer = b.try("clientuser_post_client_client_user_client",
		`{"login":"lin","name":"Lin Chen","email":"lin@example.org","password":"battery staple"}`, "client=@me")
	require.Equal(t, "201", status, answer)

	b.pick("Native API")
	b.authorize("token", s.admin.Token)
	status, answer = b.try("native_post_v1_users", "") // the example that stands there
	require.Equal(t, "201", status, answer)
	status, answer = b.try("native_get_v1_users", "", "limit=10", "q=grace")
	require.Equal(t, "200", status, answer)
	require.Contains(t, answer, "grace@example.org")
	require.NotContains(t, answer, "ann@example.org")

	b.pick("Events and audit") // which takes the same token
	status, answer = b.try("events_get_v1_events", "", "limit=100")
	require.Equal(t, "200", status, answer)
	for _, email := range []string{"ann@example.org", "jo@example.org", "lin@example.org", "grace@example.org"} {
		require.Contains(t, answer, email)
	}
	b.harmless(s)
}

// harmless checks that nothing was asked of anybody else, nothing was forbidden, and nothing stays in the browser.
func (b *tab) harmless(s *service) {
	b.t.Helper()
	require.Empty(b.t, b.complained())
	b.mu.Lock()
	defer b.mu.Unlock()
	require.NotEmpty(b.t, b.requests)
	for _, url := range b.requests {
		require.True(b.t, strings.HasPrefix(url, s.url+"/") || strings.HasPrefix(url, "data:"), url)
	}
	require.Zero(b.t, ask(b, chromedp.Evaluate[int](`localStorage.length`)))
}
