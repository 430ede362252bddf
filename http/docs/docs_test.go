package docs

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/http/rest/page"
)

func problem(w http.ResponseWriter, r *http.Request, err error) {
	w.WriteHeader(rest.FaultOf(err).Head(w, r, err))
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// TestPageLoadsNothingFromElsewhere fetches everything that the page names.
func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	h := New(problem, openapi.Dialect{Name: "one", Title: "One's <API>"},
		openapi.Dialect{Name: "other", Title: "Other"})
	for _, path := range []string{Path, Path + "/"} {
		w := get(h, path)
		require.Equal(t, http.StatusOK, w.Code)
		policy := w.Header().Get("Content-Security-Policy")
		require.Contains(t, policy, "script-src 'self' 'sha256-")
		require.NotContains(t, policy, "http")
		require.Contains(t, w.Body.String(), `urls: [{"name":"One's \u003cAPI\u003e","url":"/openapi.json?dialect=one"},{"name":"Other","url":"/openapi.json?dialect=other"}]`)
		named := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(w.Body.String(), -1)
		require.NotEmpty(t, named)
		for _, m := range named {
			require.True(t, strings.HasPrefix(m[1], Path+"/"), m[1])
			require.Equal(t, http.StatusOK, get(h, m[1]).Code, m[1])
		}
	}
	require.Equal(t, http.StatusNotFound, get(h, Path+"/nothing.js").Code)
	require.Equal(t, http.StatusNotFound, get(h, Path+"/a/b").Code)
}

func TestGuides(t *testing.T) {
	pages := page.New(page.Options{Name: "accountd"})
	text := "# One's <API>\n\nSee [it](/docs) by `--flag`.\n\n## Part\n\n```sh\ncurl \"$base_url\" " +
		"<in\n```\n\n<script>alert(1)</script>\n"
	h, err := Guides(pages, problem, Guide{Name: "one", Text: text}, Guide{Name: "other", Text: "# Other\n"})
	require.NoError(t, err)
	list := get(h, GuidesPath)
	require.Equal(t, http.StatusOK, list.Code)
	require.Contains(t, list.Body.String(), `<a href="/docs/guides/one">One&#39;s &lt;API&gt;</a>`)
	one := get(h, GuidesPath+"/one")
	require.Equal(t, http.StatusOK, one.Code)
	require.NotContains(t, one.Header().Get("Content-Security-Policy"), "script-src")
	for _, part := range []string{`<h1>One&#39;s &lt;API&gt;</h1>`, `<a href="/docs">it</a>`, `<code>--flag</code>`,
		`<h2>Part</h2>`, `curl &quot;$base_url&quot; &lt;in`, `href="/docs/guides"`} {
		require.Contains(t, one.Body.String(), part)
	}
	require.NotContains(t, one.Body.String(), "<script>")
	require.Equal(t, http.StatusNotFound, get(h, GuidesPath+"/nothing").Code)
}

func TestLanding(t *testing.T) {
	w := httptest.NewRecorder()
	show := Landing(page.New(page.Options{Name: "accountd"}), "v1.2.3 (go1.26)", func() string { return "ready" })
	require.NoError(t, show(w, httptest.NewRequest(http.MethodGet, "/", nil)))
	for _, text := range []string{`href="/docs"`, `href="/docs/guides"`, `href="/openapi.json"`, `href="/metrics"`,
		`href="/v1/events"`, `href="/asyncapi.json"`, `href="/problems/"`, "ready", "v1.2.3 (go1.26)"} {
		require.Contains(t, w.Body.String(), text)
	}
}
