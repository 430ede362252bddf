package docs

import (
	"net/http"

	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/http/rest/page"
)

// Landing returns the page at /, which says what this is, which version of it, and how it is.
func Landing(pages *page.Pages, version string, health func() string) rest.Handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		return pages.Write(w, http.StatusOK, page.Page{
			Title: "Account service",
			Lead: []string{"This service keeps the provider's accounts. Programs and tools speak to it in several " +
				"APIs, all of them over the same accounts; " +
				"every change is an event, in one log that others may follow."},
			Facts: []page.Fact{{Name: "Health", Value: health()}, {Name: "Version", Value: version}},
			Links: []page.Link{
				{Text: "Try the APIs", URL: Path}, {Text: "Guides", URL: GuidesPath},
				{Text: "OpenAPI document", URL: openapi.Path}, {Text: "AsyncAPI document of the events",
					URL: "/asyncapi.json"},
				{Text: "What problems mean", URL: "/problems/"},
				{Text: "Events (with a token)", URL: "/v1/events"}, {Text: "Readiness", URL: "/readyz?verbose"},
				{Text: "Metrics", URL: "/metrics"},
			},
		})
	}
}
