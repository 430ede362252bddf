package native

import (
	"net/http"
	"slices"

	"accountd/commands"
	"accountd/http/rest/openapi"
	"accountd/projections"
)

// Describe returns what /openapi.json has about the API.
func Describe() openapi.Dialect {
	d := openapi.Dialect{Name: "native", Title: "Native API", About: "The service's own API: everything that an account has. RateLimit says how many more requests a user may make and within how many seconds; one too many is refused with 429 and Retry-After.", Table: descriptions(),
		Security: map[string]openapi.Schema{"token": {"type": "http", "scheme": "bearer", "description": "A key of kind native, such as token in admin.json."}},
		Problem:  problemAnswer{}, ProblemType: "application/problem+json",
		Headers: answerHeaders(), Failures: FailureStatuses()}
	d.Routes = append(d.Routes, http.MethodPost+" "+sessionsPath)
	for _, r := range new(api).routes() {
		call := r.method + " " + r.path
		d.Routes = append(d.Routes, call)
		if o := d.Table[call]; o.Summary != "" {
			o.Query = append(o.Query, r.headers(o)...)
			if members := membersShown(o); r.method == http.MethodGet && len(members) > 0 {
				o.Query = append(o.Query, fieldsOf(members))
			}
			d.Table[call] = o
		}
	}
	tag(&d)
	return d
}

// fieldsOf is the parameter that chooses among members.
func fieldsOf(members []string) openapi.Parameter {
	return openapi.Parameter{Name: fieldsParameter, About: "The members that the answer is to have of each object, in place of all; id always stays.",
		Schema: openapi.Schema{"type": "array", "items": openapi.Text(slices.Sorted(slices.Values(members))...), "minItems": 1}}
}

// headers are those that a call takes by what it is.
func (r route) headers(o openapi.Operation) []openapi.Parameter {
	out := []openapi.Parameter{{Name: minSequenceHeader, Header: true, Schema: openapi.Count(),
		About: "The answer is that of an instance which has applied the log up to there."}}
	tags := openapi.Matching(`\*|((W/)?"[0-9]+"(, ?)?)*`)
	switch {
	case r.versioned():
		out = append(out, openapi.Parameter{Name: ifMatchHeader, Header: true, Schema: tags,
			About: "The versions (ETag) that the change may be made to. Where the service wants one, a change without is refused with 428."})
	case r.matches():
		out = append(out, openapi.Parameter{Name: ifMatchHeader, Header: true, Schema: tags, About: "The versions (ETag) of the user that the change may be made to."})
	case slices.Contains(o.Also, http.StatusNotModified):
		out = append(out, openapi.Parameter{Name: "If-None-Match", Header: true, Schema: tags, About: "The versions (ETag) that need not be sent again."})
	}
	if r.method != http.MethodGet {
		const bare = `[!#-\[\]-~]([ !#-\[\]-~]*[!#-\[\]-~])?`
		key := openapi.With(openapi.Matching(bare+`|"`+bare+`"`), "maxLength", maxKey)
		out = append(out, openapi.Parameter{Name: idempotencyHeader, Header: true, Schema: key,
			About: "The request is carried out once, however often it is sent within 24 hours."})
	}
	return out
}

func patchTypes() []string { return []string{typeMergePatch, typeJSON} }

// listOf is a page of a list of such entries.
func listOf(entry openapi.Schema) openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"data!": openapi.List(entry), "meta!": openapi.Object(map[string]openapi.Schema{
		"total!": openapi.Whole(), "limit!": openapi.Whole(), "offset!": openapi.Whole(), "next_cursor!": openapi.Nullable(openapi.Text())})})
}

func paged() []openapi.Parameter {
	return []openapi.Parameter{
		{Name: "limit", About: "Entries of a page; 50 when it is left away, 1000 at most.", Schema: openapi.Count()},
		{Name: "offset", About: "Entries that are left out before the page.", Schema: openapi.Count()},
		cursorOf("in the place of offset: nothing"),
	}
}

// cursorOf is the parameter by which a list goes on.
func cursorOf(instead string) openapi.Parameter {
	return openapi.Parameter{Name: cursorParameter, Schema: openapi.Text(),
		About: "The next_cursor of the page before, " + instead + " is missed or seen twice while others write."}
}

// selecting are the parameters that choose among users and order them.
func selecting() (out []openapi.Parameter) {
	for _, f := range projections.Fields() {
		for _, op := range []projections.Op{projections.Eq, projections.Contains, projections.Prefix, projections.Gte, projections.Lte} {
			if f != projections.Any && f.Allows(op) {
				name := "filter[" + string(f) + "]"
				if op != projections.Eq {
					name += "[" + string(op) + "]"
				}
				out = append(out, openapi.Parameter{Name: name, About: "One of the values must fit; an empty one is none, which is neither more nor less than anything. " + howSeparated,
					Schema: openapi.Schema{"type": "array", "items": filterSchema(f, op), "minItems": 1, "maxItems": maxValues}})
			}
		}
	}
	return append(out,
		openapi.Parameter{Name: "q", About: "Part of a username, e-mail address, name or external id.", Schema: openapi.Text()},
		openapi.Parameter{Name: "sort", About: "Fields, each with a minus before it to descend.", Schema: openapi.Schema{"type": "array", "items": openapi.Text(sortKeys()...), "minItems": 1, "maxItems": 4}})
}

// filterSchema is a value that a field is compared with.
func filterSchema(f projections.Field, op projections.Op) openapi.Schema {
	if op == projections.Contains || op == projections.Prefix {
		return openapi.Text()
	}
	for _, m := range userMembers() {
		if m.name == string(f) && f != projections.Datacenter && m.schema["enum"] == nil {
			return m.schema
		}
	}
	return openapi.Text()
}

func sortKeys() (keys []string) {
	for _, f := range projections.Fields() {
		if f != projections.Any {
			keys = append(keys, string(f), "-"+string(f))
		}
	}
	return keys
}

func permissionsSchema() openapi.Schema {
	level := openapi.Nullable(openapi.Text(commands.LevelNone, commands.LevelRead, commands.LevelWrite, commands.LevelAll))
	audit := openapi.Nullable(openapi.Text(commands.LevelNone, commands.LevelRead))
	return openapi.Object(map[string]openapi.Schema{"users": level, "servers": level, "audit": audit})
}

func descriptions() openapi.Table {
	t := openapi.Table{}
	for _, part := range []openapi.Table{userDescriptions(), belongingDescriptions(), directoryDescriptions(), feedDescriptions(), pastAndMailDescriptions(), loginDescriptions()} {
		for call, o := range part {
			t[call] = o
		}
	}
	return t
}

// at is the parameter that asks for what was.
func at() openapi.Parameter {
	return openapi.Parameter{Name: "at", About: "As it stood at that sequence or time (RFC 3339), also what datacenters and groups were called, and whom a lock kept out.", Schema: openapi.Or(openapi.Count(), openapi.Form("date-time"))}
}

func userDescriptions() openapi.Table {
	user := userSchema()
	example := map[string]any{"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper", "profile": map[string]any{"city": "Arlington"}}
	return openapi.Table{
		"GET /v1/users":        {Summary: "List users", Query: append(append(paged(), at()), selecting()...), Answer: listOf(user)},
		"POST /v1/users":       {Summary: "Make a user", Body: newUserSchema(), Example: example, Answer: user, Status: http.StatusCreated},
		"GET /v1/users/:id":    {Summary: "Show a user", Query: []openapi.Parameter{at()}, Answer: user, Also: []int{http.StatusNotModified}},
		"PATCH /v1/users/:id":  {Summary: "Change a user, by a merge patch", Body: patchedUserSchema(), Sent: patchTypes(), Example: map[string]any{"phone": "+1 202 555 0100"}, Answer: user, Also: []int{http.StatusNoContent}},
		"DELETE /v1/users/:id": {Summary: "Delete a user"},
		"POST /v1/users:import": {Summary: "Make a user of each line", About: "Each line of the body is a user, and is answered with a line.",
			Body: openapi.Text(), Sent: []string{typeNDJSON}, Answer: openapi.Text(), Got: typeNDJSON},
		"GET /v1/users:export":           {Summary: "All users of a list, a line each, at one position", Query: append(selecting(), at(), fieldsOf(membersOfSchema(user))), Answer: openapi.Text(), Got: typeNDJSON},
		"POST /v1/users/:id/erase":       {Summary: "Erase a person for good"},
		"POST /v1/users/:id/unlock":      {Summary: "Let a user log in by a password again whose log-ins failed too often", Answer: user, Also: []int{http.StatusNoContent}},
		"POST /v1/users/:id/provisioned": {Summary: "Report that what belongs to the account is set up", Answer: user, Also: []int{http.StatusNoContent}},
		"POST /v1/users/:id/failed":      {Summary: "Report that what belongs to the account could not be set up", Body: openapi.Object(map[string]openapi.Schema{"reason": openapi.Nullable(openapi.Lines(maxReason))}), Answer: user, Also: []int{http.StatusNoContent}},
	}
}

func pastAndMailDescriptions() openapi.Table {
	nothing := openapi.Object(nil)
	return openapi.Table{
		"GET /v1/users/:id/history": {Summary: "List what happened to a user", About: "Datacenters and groups have the names that they had then, or before they were deleted.", Answer: historyListAnswer{}, Query: []openapi.Parameter{
			{Name: "limit", About: "Entries of a page; 50 when it is left away, 1000 at most.", Schema: openapi.Count()},
			{Name: "sort", About: "The newest come first unless sequence is asked for.", Schema: openapi.Text("sequence", "-sequence")},
			{Name: "after", About: "A sequence: only what came later.", Schema: openapi.Count()},
			{Name: "before", About: "A sequence: only what came earlier.", Schema: openapi.Count()}, cursorOf("with the same bounds: nothing")}},

		"GET /v1/mail":                      {Summary: "List mails that could not be sent", Query: paged(), Answer: listAnswer[mailAnswer]{}},
		"GET /v1/mail/:mail":                {Summary: "Show a mail that could not be sent", Answer: mailAnswer{}},
		"POST /v1/mail/:mail/send":          {Summary: "Send a mail again", Body: nothing},
		"DELETE /v1/mail/:mail":             {Summary: "Give up a mail"},
		"POST /v1/users/:id/password-reset": {Summary: "Have a link mailed by which the user sets a new password", Body: nothing, Status: http.StatusAccepted},
	}
}
