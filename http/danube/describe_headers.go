package danube

import (
	"net/http"

	"accountd/http/rest/openapi"
)

// answerHeaders are those of the API's answers.
func answerHeaders() []openapi.Header {
	text := openapi.Text()
	return []openapi.Header{
		openapi.Sequence(false, func(r openapi.Reply) bool { return r.Method != http.MethodGet && r.Succeeded() }),
		{Name: "es_version", About: "The release of Danube Cloud whose API this is.", Schema: text, Always: true,
			On: openapi.Reply.Succeeded},
		{Name: "es_username", About: "The caller's username; empty without a log-in.", Schema: text, Always: true,
			On: openapi.Reply.Succeeded},
		{Name: "es_dc", About: "The caller's datacenter.", Schema: text, On: openapi.Reply.Succeeded},
		{Name: "Allow", About: "The methods that the path accepts.", Schema: text},
		{Name: "Content-Language", About: "The language of the texts.", Schema: text},
		openapi.RetryAfter(false, http.StatusBadRequest, http.StatusInternalServerError),
	}
}
