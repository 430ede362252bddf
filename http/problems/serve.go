package problems

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"accountd/http/rest"
	"accountd/http/rest/page"
)

// Path is where the list of problems is, with a page for each below.
const Path = "/problems"

const typeJSON = "application/json"

// New returns what serves the problems, as pages to people and as JSON to who accepts it rather.
func New(problem rest.Problem, pages *page.Pages) http.Handler {
	s := server{pages: pages, problems: All()}
	var routes []rest.Route
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		routes = append(routes, rest.Route{Method: method, Path: Path, Handle: s.list},
			rest.Route{Method: method, Path: Path + "/", Handle: s.list},
			rest.Route{Method: method, Path: Path + "/:code", Handle: s.one})
	}
	mux := rest.NewMux(routes, func(w http.ResponseWriter, r *http.Request, err error) {
		if prefersJSON(r) {
			problem(w, r, err)
			return
		}
		pages.Problem(w, r, err)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		mux.ServeHTTP(w, r)
	})
}

type server struct {
	pages    *page.Pages
	problems []Problem
}

func (s server) list(w http.ResponseWriter, r *http.Request) error {
	if prefersJSON(r) {
		return rest.Write(w, http.StatusOK, listAnswerOf(s.problems))
	}
	p := page.Page{Title: "Problems", Lead: []string{"Every code that an answer with a problem (RFC 9457) may have, " +
		"with what it means and what to do."}}
	for _, each := range s.problems {
		p.Links = append(p.Links, page.Link{Text: each.Code + " (" + each.statuses() + ")", URL: each.path()})
	}
	return s.pages.Write(w, http.StatusOK, p)
}

func (s server) one(w http.ResponseWriter, r *http.Request) error {
	code := strings.TrimPrefix(r.URL.Path, Path+"/")
	for _, p := range s.problems {
		if p.Code == code {
			return s.show(w, r, p)
		}
	}
	return rest.RequestError{Status: http.StatusNotFound, Reason: "path_not_found",
		Detail: fmt.Sprintf("There is no problem with the code %.80q.", code)}
}

func (s server) show(w http.ResponseWriter, r *http.Request, p Problem) error {
	if prefersJSON(r) {
		return rest.Write(w, http.StatusOK, answerOf(p))
	}
	return s.pages.Write(w, http.StatusOK, page.Page{
		Title: rest.Title(p.Code), Lead: []string{p.Meaning, p.Advice},
		Facts: []page.Fact{{Name: "Code", Value: p.Code}, {Name: "Status", Value: p.statuses()}},
		Links: []page.Link{{Text: "All problems", URL: Path + "/"}},
	})
}

// prefersJSON reports whether the client names JSON, and no page before it.
func prefersJSON(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		switch t, _, _ := mime.ParseMediaType(part); t {
		case typeJSON, "application/problem+json":
			return true
		case "text/html":
			return false
		}
	}
	return false
}
