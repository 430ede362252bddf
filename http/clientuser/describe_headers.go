package clientuser

import (
	"net/http"

	"accountd/http/rest/openapi"
)

// answerHeaders are those of the API's answers.
func answerHeaders() []openapi.Header {
	limits := func(r openapi.Reply) bool { return r.Path != oauthPath+"/token" }
	return []openapi.Header{
		openapi.Sequence(true, func(r openapi.Reply) bool {
			return r.Method != http.MethodGet && r.Succeeded() &&
				limits(r)
		}),
		{Name: "X-Total-Count", About: "How many users there are in all pages.", Schema: openapi.Count(), Always: true,
			On: func(r openapi.Reply) bool {
				return r.Path == usersPath && r.Method == http.MethodGet &&
					r.Succeeded()
			}},
		{Name: "X-RateLimit-Limit", About: "How many requests all users of the client may make within an hour.",
			Schema: openapi.Count(), On: limits},
		{Name: "X-RateLimit-Remaining", About: "How many of them are left.", Schema: openapi.Count(), On: limits},
		{Name: "X-RateLimit-Reset", About: "In how many seconds the hour is over.", Schema: openapi.Count(),
			On: limits},
		{Name: "WWW-Authenticate", About: "With 401: how to authenticate.", Schema: openapi.Text(),
			On: openapi.Status(http.StatusBadRequest)},
		openapi.RetryAfter(false, http.StatusBadRequest, http.StatusInternalServerError),
	}
}
