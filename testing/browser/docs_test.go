//go:build browser

package browser

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// withScripts lets pages run scripts from now on.
func (b *tab) withScripts() {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	require.NoError(b.t, err)
}

// click clicks on what the XPath finds, when it is there.
func (b *tab) click(path string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.Search(path)))
}

// try opens a call in the browser of the APIs, to be tried.
func (b *tab) try(operation string) string {
	b.t.Helper()
	block := `//div[@id="operations-native-` + operation + `"]`
	b.click(block + `//button[contains(@class,"opblock-summary-control")]`)
	b.click(block + `//button[contains(@class,"try-out__btn")]`)
	return block
}

// TestTryTheAPIs authorizes, creates a user, and sees it in the list.
func TestTryTheAPIs(t *testing.T) {
	s, b := start(t, nil), open(t)
	b.withScripts()
	require.EqualValues(t, http.StatusOK, b.visit(s.url+"/"))
	b.click(`//a[@href="/docs"]`)
	b.click(`//button[contains(@class,"authorize")]`)
	own := `//div[contains(@class,"auth-container")][.//h4/code[text()="token"]]`
	b.do(chromedp.SendKeys(chromedp.Search(own+`//input`), s.admin.Token))
	b.click(own + `//button[@type="submit"]`)
	b.click(own + `//button[text()="Close"]`)

	create := b.try("native_post_v1_users")
	b.click(create + `//button[contains(@class,"execute")]`)
	require.Contains(t, ask(b, chromedp.Text(chromedp.Search(create+`//table[contains(@class,"live-responses-table")]//tbody`))), "201")

	list := b.try("native_get_v1_users")
	b.click(list + `//button[contains(@class,"execute")]`)
	require.Contains(t, ask(b, chromedp.Text(chromedp.Search(list+`//table[contains(@class,"live-responses-table")]//tbody`))), "grace@example.org")
	require.Empty(t, b.complained())
}
