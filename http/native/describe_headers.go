package native

import (
	"net/http"
	"slices"
	"strings"

	"accountd/http/rest/openapi"
)

// answerHeaders are those of the API's answers.
func answerHeaders() []openapi.Header {
	known := func(r openapi.Reply) bool { return r.Path != sessionsPath && r.Status != http.StatusUnauthorized } // who asks
	tag := openapi.Header{Name: "ETag", About: "The version, for If-Match and If-None-Match.", Schema: openapi.Matching(`"[0-9]+"`), Always: true, On: tagged}
	then := tag // as a user was there is no version to build on
	then.Always, then.On = false, func(r openapi.Reply) bool {
		return r.Path == usersPath+"/:id" && r.Method == http.MethodGet && r.Status == http.StatusOK
	}
	return append([]openapi.Header{
		openapi.Sequence(true, recorded), tag, then,
		{Name: "Location", About: "The path of what was made.", Schema: openapi.Text(), Always: true, On: openapi.Status(http.StatusCreated)},
		{Name: "Link", About: "The pages around this one (RFC 8288).", Schema: openapi.Text(), On: func(r openapi.Reply) bool {
			return r.Succeeded() && slices.ContainsFunc(r.Operation.Query, func(p openapi.Parameter) bool { return p.Name == "limit" })
		}},
		{Name: replayedHeader, About: "The answer is that of the first request with this Idempotency-Key.", Schema: openapi.Text("true"),
			On: func(r openapi.Reply) bool {
				return r.Method != http.MethodGet && r.Status < http.StatusInternalServerError && known(r)
			}},
		{Name: "RateLimit-Policy", About: "How many requests (q) a user may make within how many seconds (w).", Schema: openapi.Matching(`"default";q=[0-9]+;w=[0-9]+`), On: known},
		{Name: "RateLimit", About: "How many more requests (r) the user may make within how many seconds (t).", Schema: openapi.Matching(`"default";r=[0-9]+;t=[0-9]+`), On: known},
		{Name: "Accept-Patch", About: "With 415: the types of patches.", Schema: openapi.Text(),
			On: func(r openapi.Reply) bool { return r.Method == http.MethodPatch && r.Status == http.StatusBadRequest }},
	}, FailureHeaders()...)
}

// FailureHeaders are those of this API's answers to what failed with one of the FailureStatuses.
func FailureHeaders() []openapi.Header {
	return []openapi.Header{openapi.RetryAfter(true, http.StatusTooManyRequests, http.StatusServiceUnavailable),
		{Name: "WWW-Authenticate", About: "How to say who asks.", Schema: openapi.Text(), Always: true, On: openapi.Status(http.StatusUnauthorized)}}
}

// FailureStatuses are those that have headers of their own.
func FailureStatuses() []int {
	return []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable}
}

// recorded reports whether the answer tells of a change in the log, or of its position.
func recorded(r openapi.Reply) bool {
	if r.Method == http.MethodGet {
		return r.Succeeded() && strings.HasSuffix(r.Path, ":export")
	}
	return r.Succeeded() && r.Path != importPath && !unversioned(r.Path) && !strings.HasSuffix(r.Path, "/replay")
}

// tagged reports whether the answer shows one thing that has a version.
func tagged(r openapi.Reply) bool {
	switch {
	case r.Status == http.StatusNotModified:
		return true
	case r.Status != http.StatusOK && r.Status != http.StatusCreated || unversioned(r.Path) || strings.HasPrefix(r.Path, totpPath):
		return false
	case r.Method == http.MethodGet:
		return slices.Contains(r.Operation.Also, http.StatusNotModified) && r.Path != usersPath+"/:id" || strings.HasSuffix(r.Path, "/api-keys/:key")
	}
	return r.Path != importPath && !strings.HasSuffix(r.Path, "/replay")
}
