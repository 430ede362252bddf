//go:build browser

package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"accountd/http/rest"
	"accountd/http/rest/page"
)

// site shows one form under /, takes it under /, and says what it was given.
func site(t *testing.T, change func(*page.Page)) *httptest.Server {
	t.Helper()
	pages := page.New(page.Options{Name: "Accounts"})
	show := func(w http.ResponseWriter, r *http.Request) error {
		p := page.Page{Title: "A form", Form: &page.Form{
			Hidden: []page.Fact{pages.Token(w, r, "test")}, Fields: []page.Field{{Name: "word", Label: "Word"}},
			Buttons: []page.Button{{Label: "Send"}},
		}}
		if change != nil {
			change(&p)
		}
		return pages.Write(w, http.StatusOK, p)
	}
	take := func(w http.ResponseWriter, r *http.Request) error {
		if err := page.CheckOrigin(r); err != nil {
			return err
		}
		form, err := page.ReadForm(w, r)
		if err != nil {
			return err
		}
		if err := pages.CheckToken(r, form, "test"); err != nil {
			return err
		}
		return pages.Write(w, http.StatusOK, page.Page{Title: "Done", Notice: form.Get("word")})
	}
	s := httptest.NewServer(rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: "/", Handle: show}, {Method: http.MethodPost, Path: "/", Handle: take},
	}, pages.Problem))
	t.Cleanup(s.Close)
	return s
}

func TestForm(t *testing.T) {
	s, b := site(t, nil), open(t)
	require.EqualValues(t, http.StatusOK, b.visit(s.URL))
	require.Equal(t, "word", b.focused())
	b.fill("word", "héllo <b>")
	require.EqualValues(t, http.StatusOK, b.press("Send"))
	require.Equal(t, "héllo <b>", b.text("[role=status]"))
	require.Empty(t, b.complained())
}

func TestErrorSummaryHasTheFocus(t *testing.T) {
	s := site(t, func(p *page.Page) { p.Errors = []page.Error{{Field: "word", Text: "That is no word."}} })
	b := open(t)
	b.visit(s.URL)
	require.Equal(t, "errors", b.focused())
	require.Contains(t, b.text("[role=alert]"), "That is no word.")
	require.Contains(t, b.text("#word-error"), "That is no word.")
}

// TestPolicyHolds shows that the page's own style counts, and nothing that is brought in.
func TestPolicyHolds(t *testing.T) {
	s, b := site(t, nil), open(t)
	b.visit(s.URL)
	width := `getComputedStyle(document.querySelector("main")).maxWidth`
	require.Equal(t, "448px", ask(b, chromedp.Evaluate[string](width)))
	ask(b, chromedp.Evaluate[chromedp.Void](`document.head.insertAdjacentHTML("beforeend", "<style>main { max-width: 1px }</style>")`))
	require.Equal(t, "448px", ask(b, chromedp.Evaluate[string](width)))
	require.Contains(t, strings.Join(b.complained(), "\n"), "Content Security Policy")
}

// TestOtherSites has another site post the form and frame the page.
func TestOtherSites(t *testing.T) {
	s, b := site(t, nil), open(t)
	b.visit(s.URL) // the browser has the cookie now
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<form method="post" action="` + s.URL + `/"><input name="word" value="x"><button>Win</button></form>
			<iframe src="` + s.URL + `/"></iframe>`))
	}))
	t.Cleanup(evil.Close)
	b.visit(strings.Replace(evil.URL, "127.0.0.1", "localhost", 1))
	require.EqualValues(t, http.StatusForbidden, b.press("Win"))
	require.Contains(t, b.text("main"), "another site")
	require.Contains(t, strings.Join(b.complained(), "\n"), "frame")
}

// TestRedirectToTheNamedSite shows that a form may lead to another site that its page names, and to no other.
func TestRedirectToTheNamedSite(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_,
			_ = w.Write([]byte("arrived"))
	}))
	t.Cleanup(target.Close)
	elsewhere := strings.Replace(target.URL, "127.0.0.1", "localhost", 1)
	pages := page.New(page.Options{})
	leadsTo := elsewhere
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, elsewhere+"/back?code=1", http.StatusSeeOther)
			return
		}
		_ = pages.Write(w, http.StatusOK, page.Page{Title: "Consent", LeadsTo: leadsTo,
			Form: &page.Form{Buttons: []page.Button{{Label: "Allow"}}}})
	}))
	t.Cleanup(s.Close)
	b := open(t)
	b.visit(s.URL)
	require.EqualValues(t, http.StatusOK, b.press("Allow"))
	require.Equal(t, "arrived", b.text("body"))
	require.Equal(t, "code=1", b.location().RawQuery)
}

// TestServiceStarts shows the whole service to a browser.
func TestServiceStarts(t *testing.T) {
	s, b := start(t, nil), open(t)
	require.EqualValues(t, http.StatusOK, b.visit(s.url+"/livez"))
	require.NotEmpty(t, s.admin.Password)
}
