package docs

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/yuin/goldmark"

	"accountd/http/rest"
	"accountd/http/rest/page"
)

// GuidesPath is where the guides are listed, with each below.
const GuidesPath = Path + "/guides"

// Guide is a manual that is built in.
type Guide struct {
	Name string // in its path, such as native
	Text string // Markdown, which begins with a line "# Title"
}

// Title returns what the guide calls itself.
func (g Guide) Title() string {
	title, _, _ := strings.Cut(strings.TrimPrefix(g.Text, "# "), "\n")
	return title
}

// page returns the guide as a page. HTML in its text is left out.
func (g Guide) page() (page.Page, error) {
	_, body, _ := strings.Cut(g.Text, "\n")
	var html bytes.Buffer
	if err := goldmark.Convert([]byte(body), &html); err != nil {
		return page.Page{}, fmt.Errorf("showing the guide %s: %w", g.Name, err)
	}
	return page.Page{Title: g.Title(), Document: template.HTML(html.String()),
		Links: []page.Link{{Text: "All guides", URL: GuidesPath}}}, nil
}

// Guides returns the pages of the guides and the list of them. The error says which one cannot be shown.
func Guides(pages *page.Pages, problem rest.Problem, guides ...Guide) (http.Handler, error) {
	list := page.Page{Title: "Guides", Lead: []string{"How to work with this service, one guide an API. Their shell " +
		"lines run as they stand here."}}
	shown := map[string]page.Page{}
	for _, g := range guides {
		p, err := g.page()
		if err != nil {
			return nil, err
		}
		shown[GuidesPath+"/"+g.Name] = p
		list.Links = append(list.Links, page.Link{Text: g.Title(), URL: GuidesPath + "/" + g.Name})
	}
	shown[GuidesPath] = list
	var routes []rest.Route
	for path, p := range shown {
		show := func(w http.ResponseWriter, _ *http.Request) error { return pages.Write(w, http.StatusOK, p) }
		routes = append(routes, rest.Route{Method: http.MethodGet, Path: path, Handle: show},
			rest.Route{Method: http.MethodHead, Path: path, Handle: show})
	}
	return rest.NewMux(routes, problem), nil
}
