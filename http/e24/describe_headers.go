package e24

import (
	"net/http"

	"accountd/http/rest/openapi"
)

// answerHeaders are those of the API's answers.
func answerHeaders() []openapi.Header {
	return []openapi.Header{
		openapi.Sequence(true, func(r openapi.Reply) bool { return r.Method != http.MethodGet && r.Succeeded() }),
		{Name: "WWW-Authenticate", About: "With 401: how to authenticate.", Schema: openapi.Text(),
			On: openapi.Status(http.StatusBadRequest)},
		openapi.RetryAfter(false, http.StatusBadRequest, http.StatusInternalServerError),
	}
}
