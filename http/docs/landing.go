package docs

import (
	"net/http"

	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/http/rest/page"
)

// Landing returns the page at /, which says what this is and how it is.
func Landing(pages *page.Pages, health func() string) rest.Handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		return pages.Write(w, http.StatusOK, page.Page{
			Title: "accountd",
			Lead:  []string{"The account service of this provider. Programs and tools speak to it in several APIs, all of them over the same accounts."},
			Facts: []page.Fact{{Name: "Health", Value: health()}},
			Links: []page.Link{
				{Text: "Try the APIs", URL: Path}, {Text: "OpenAPI document", URL: openapi.Path}, {Text: "AsyncAPI document of the feed", URL: "/asyncapi.json"},
				{Text: "Events (with a token)", URL: "/v1/events"}, {Text: "Readiness", URL: "/readyz?verbose"}, {Text: "Metrics", URL: "/metrics"},
			},
		})
	}
}
