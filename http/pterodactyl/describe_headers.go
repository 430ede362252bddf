package pterodactyl

import (
	"net/http"

	"accountd/http/rest/openapi"
)

// answerHeaders are those of the API's answers.
func answerHeaders() []openapi.Header {
	return []openapi.Header{
		openapi.Sequence(true, func(r openapi.Reply) bool { return r.Method != http.MethodGet && r.Succeeded() }),
		{Name: "X-RateLimit-Limit", About: "How many requests a key may make within a minute.",
			Schema: openapi.Count()},
		{Name: "X-RateLimit-Remaining", About: "How many of them are left.", Schema: openapi.Count()},
		{Name: "X-RateLimit-Reset", About: "With 429: the Unix time when the minute is over.", Schema: openapi.Count(),
			On: openapi.Status(http.StatusBadRequest)},
		openapi.RetryAfter(false, http.StatusBadRequest, http.StatusInternalServerError),
	}
}
