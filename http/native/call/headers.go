package call

import (
	"net/http"
	"slices"

	"accountd/http/rest/openapi"
)

// headers are those that a call takes by what it is.
func (c Call) headers() []openapi.Parameter {
	out := []openapi.Parameter{{Name: MinSequenceHeader, Header: true, Schema: openapi.Count(),
		About: "The answer comes from an instance that has applied the log up to this sequence."}}
	tags := openapi.Matching(`\*|((W/)?"[0-9]+"(, ?)?)*`)
	switch {
	case c.takesVersion():
		out = append(out, openapi.Parameter{Name: ifMatchHeader, Header: true, Schema: tags,
			About: "The change is made only if the object has one of these versions (ETag). If the service requires " +
				"it, a change without If-Match is refused with 428."})
	case c.replaces() && c.Changes == OfUser:
		out = append(out, openapi.Parameter{Name: ifMatchHeader, Header: true, Schema: tags,
			About: "The change is made only if the user has one of these versions (ETag)."})
	case c.compared():
		out = append(out, openapi.Parameter{Name: "If-None-Match", Header: true, Schema: tags,
			About: "The answer is 304 if the object has one of these versions (ETag)."})
	}
	if c.Method != http.MethodGet {
		const bare = `[!#-\[\]-~]([ !#-\[\]-~]*[!#-\[\]-~])?`
		key := openapi.With(openapi.Matching(bare+`|"`+bare+`"`), "maxLength", maxKey)
		out = append(out, openapi.Parameter{Name: IdempotencyHeader, Header: true, Schema: key,
			About: "The request takes effect once, however often it is sent within 24 hours."})
	}
	return out
}

// answerHeaders are those of the API's answers; of returns the call that is answered.
func answerHeaders(of func(openapi.Reply) Call) []openapi.Header {
	known := func(r openapi.Reply) bool { return of(r).Open == nil && r.Status != http.StatusUnauthorized } // who asks
	tagged := openapi.Header{Name: "ETag", About: "The version, for If-Match and If-None-Match.",
		Schema: openapi.Matching(`"[0-9]+"`),
		Always: true, On: func(r openapi.Reply) bool { return of(r).tagged(r.Status) }}
	then := tagged
	then.Always = false
	then.On = func(r openapi.Reply) bool { return of(r).Shows == UnlessPast && r.Status == http.StatusOK }
	return append([]openapi.Header{
		openapi.Sequence(true, func(r openapi.Reply) bool { return r.Succeeded() && of(r).recorded() }), tagged, then,
		{Name: "Location", About: "The path of the created object.", Schema: openapi.Text(), Always: true,
			On: openapi.Status(http.StatusCreated)},
		{Name: "Link", About: "The pages around this one (RFC 8288).", Schema: openapi.Text(), On: hasPages},
		{Name: ReplayedHeader, About: "The answer is that of the first request with this Idempotency-Key.",
			Schema: openapi.Text("true"),
			On: func(r openapi.Reply) bool {
				return r.Method != http.MethodGet && r.Status < http.StatusInternalServerError && known(r)
			}},
		{Name: "RateLimit-Policy", About: "How many requests (q) a user may make within how many seconds (w).",
			Schema: openapi.Matching(`"default";q=[0-9]+;w=[0-9]+`), On: known},
		{Name: "RateLimit", About: "How many more requests (r) the user may make within how many seconds (t).",
			Schema: openapi.Matching(`"default";r=[0-9]+;t=[0-9]+`), On: known},
		{Name: "Accept-Patch", About: "With 415: the media types that PATCH accepts.", Schema: openapi.Text(),
			On: func(r openapi.Reply) bool {
				return r.Method == http.MethodPatch && r.Status == http.StatusBadRequest
			}},
	}, FailureHeaders()...)
}

// tagged reports whether an answer of that status always has the version of what it shows.
func (c Call) tagged(status int) bool {
	switch status {
	case http.StatusNotModified:
		return true
	case http.StatusOK, http.StatusCreated:
		return c.Shows == Tagged || c.Shows == UnlessSame
	}
	return false
}

func hasPages(r openapi.Reply) bool {
	return r.Succeeded() && slices.ContainsFunc(r.Operation.Query,
		func(p openapi.Parameter) bool { return p.Name == "limit" })
}

// FailureHeaders are those of this API's answers to what failed with one of the FailureStatuses.
func FailureHeaders() []openapi.Header {
	return []openapi.Header{openapi.RetryAfter(true, http.StatusTooManyRequests, http.StatusServiceUnavailable),
		{Name: "WWW-Authenticate", About: "How to authenticate.", Schema: openapi.Text(), Always: true,
			On: openapi.Status(http.StatusUnauthorized)}}
}

// FailureStatuses are those that have headers of their own.
func FailureStatuses() []int {
	return []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusServiceUnavailable}
}
