package docs

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"

	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

// Path is where the browser is, with all that it loads below.
const Path = "/docs"

// New returns the browser of the dialects, of which it shows one at a time, the first one first.
func New(problem rest.Problem, dialects ...openapi.Dialect) http.Handler {
	ui := v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "accountd APIs", BasePath: Path, ShowTopBar: true, AppendHead: viewport,
		SettingsUI: map[string]string{"urls": documents(dialects), "plugins": plugins,
			"displayRequestDuration": "true"},
	})
	page := made(ui)
	policy := "default-src 'none'; script-src 'self'" + hashes(page) +
		"; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	index := func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_, _ = w.Write(page) // the client may be gone
		return nil
	}
	file := func(w http.ResponseWriter, r *http.Request) error {
		ui.ServeHTTP(w, r)
		return nil
	}
	var routes []rest.Route
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		routes = append(routes, rest.Route{Method: method, Path: Path, Handle: index},
			rest.Route{Method: method, Path: Path + "/", Handle: index},
			rest.Route{Method: method, Path: Path + "/:file", Handle: file})
	}
	return rest.NewMux(routes, problem)
}

// viewport lets phones show the page in their own width.
const viewport = `<meta name="viewport" content="width=device-width, initial-scale=1">`

// plugins has whoever is authorized stay so when another dialect is chosen, where Swagger UI restores what was there
// before: nothing.
const plugins = `[SwaggerUIBundle.plugins.DownloadUrl, () => ({statePlugins: {auth: {wrapActions: {restoreAuthorization: () => () => ({type: "kept"})}}}})]`

// documents returns what there is to choose from, as the page's script takes it.
func documents(dialects []openapi.Dialect) string {
	type document struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	var list []document
	for _, d := range dialects {
		list = append(list, document{d.Title, d.Path()})
	}
	text, _ := json.Marshal(list) // texts, which always can be
	return string(text)
}

// made returns the page that the handler makes of its template.
func made(ui http.Handler) []byte {
	out := &answer{header: http.Header{}}
	r, _ := http.NewRequest(http.MethodGet, Path, nil) // both are constants
	ui.ServeHTTP(out, r)
	return out.Bytes()
}

// answer keeps what is written.
type answer struct {
	bytes.Buffer
	header http.Header
}

func (a *answer) Header() http.Header { return a.header }
func (a *answer) WriteHeader(int)     {}

// hashes returns what a policy calls the page's inline scripts.
func hashes(page []byte) string {
	var out strings.Builder
	for _, script := range regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(script[1])
		out.WriteString(" 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
	}
	return out.String()
}
