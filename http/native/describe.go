package native

import (
	"net/http"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest/openapi"
	"accountd/projections"
)

// Describe returns what /openapi.json has about the API.
func Describe() openapi.Dialect {
	d := openapi.Dialect{Name: "native", Title: "Native API", About: "The service's own API: everything that an account has.", Table: descriptions(),
		Security: map[string]openapi.Schema{"token": {"type": "http", "scheme": "bearer", "description": "A key of kind native, such as token in admin.json."}},
		Problem:  problemAnswer{}, ProblemType: "application/problem+json"}
	d.Routes = append(d.Routes, http.MethodPost+" "+sessionsPath)
	for _, r := range new(api).routes() {
		d.Routes = append(d.Routes, r.method+" "+r.path)
		o := d.Table[r.method+" "+r.path]
		if r.method != http.MethodGet && o.Summary != "" {
			o.Query = append(o.Query, openapi.Parameter{Name: idempotencyHeader, Header: true, Schema: openapi.Text(),
				About: "The request is carried out once, however often it is sent within 24 hours."})
			d.Table[r.method+" "+r.path] = o
		}
	}
	return d
}

func patchTypes() []string { return []string{typeMergePatch, typeJSON} }

// listOf is a page of a list of such entries.
func listOf(entry openapi.Schema) openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"data!": openapi.List(entry), "meta!": openapi.Object(map[string]openapi.Schema{
		"total!": openapi.Whole(), "limit!": openapi.Whole(), "offset!": openapi.Whole(), "next_cursor!": openapi.Nullable(openapi.Text())})})
}

func paged() []openapi.Parameter {
	return []openapi.Parameter{
		{Name: "limit", About: "Entries of a page; 50 when it is left away, 1000 at most.", Schema: openapi.Whole()},
		{Name: "offset", About: "Entries that are left out before the page.", Schema: openapi.Whole()},
	}
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
				out = append(out, openapi.Parameter{Name: name, About: "Of several values, separated by commas, one must fit.", Schema: openapi.Text()})
			}
		}
	}
	return append(out,
		openapi.Parameter{Name: "q", About: "Part of a username, e-mail address, name or external id.", Schema: openapi.Text()},
		openapi.Parameter{Name: "sort", About: "Up to four fields, separated by commas, each with a minus before it to descend.", Schema: openapi.Text()})
}

func permissionsSchema() openapi.Schema {
	level := openapi.Nullable(openapi.Text())
	return openapi.Object(map[string]openapi.Schema{"users": level, "servers": level, "audit": level})
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
	return openapi.Parameter{Name: "at", About: "As it stood at that sequence or time (RFC 3339).", Schema: openapi.Text()}
}

func userDescriptions() openapi.Table {
	user := userSchema()
	cursor := openapi.Parameter{Name: cursorParameter, Schema: openapi.Text(),
		About: "The next_cursor of the page before, in the place of offset: nobody is missed or seen twice while others write."}
	example := map[string]any{"email": "grace@example.org", "first_name": "Grace", "last_name": "Hopper", "profile": map[string]any{"city": "Arlington"}}
	return openapi.Table{
		"GET /v1/users":        {Summary: "List users", Query: append(append(paged(), cursor, at()), selecting()...), Answer: listOf(user)},
		"POST /v1/users":       {Summary: "Make a user", Body: sentUserSchema(false, "email"), Example: example, Answer: user, Status: http.StatusCreated},
		"GET /v1/users/:id":    {Summary: "Show a user", Query: []openapi.Parameter{at()}, Answer: user, Also: []int{http.StatusNotModified}},
		"PATCH /v1/users/:id":  {Summary: "Change a user, by a merge patch", Body: sentUserSchema(true, ""), Sent: patchTypes(), Example: map[string]any{"phone": "+1 202 555 0100"}, Answer: user, Also: []int{http.StatusNoContent}},
		"DELETE /v1/users/:id": {Summary: "Delete a user"},
		"POST /v1/users:import": {Summary: "Make a user of each line", About: "Each line of the body is a user, and is answered with a line.",
			Body: openapi.Text(), Sent: []string{typeNDJSON}, Answer: openapi.Text(), Got: typeNDJSON},
		"GET /v1/users:export":           {Summary: "All users of a list, a line each, at one position", Query: append(selecting(), at()), Answer: openapi.Text(), Got: typeNDJSON},
		"POST /v1/users/:id/erase":       {Summary: "Erase a person for good"},
		"POST /v1/users/:id/unlock":      {Summary: "Let a user log in by a password again whose log-ins failed too often", Answer: user, Also: []int{http.StatusNoContent}},
		"POST /v1/users/:id/provisioned": {Summary: "Report that what belongs to the account is set up", Answer: user, Also: []int{http.StatusNoContent}},
		"POST /v1/users/:id/failed":      {Summary: "Report that what belongs to the account could not be set up", Body: openapi.Object(map[string]openapi.Schema{"reason": openapi.Nullable(openapi.Text())}), Answer: user, Also: []int{http.StatusNoContent}},
	}
}

func belongingDescriptions() openapi.Table {
	text, null := openapi.Text(), openapi.Nullable
	withPermissions := openapi.Object(map[string]openapi.Schema{"permissions": null(permissionsSchema())})
	key := openapi.Object(map[string]openapi.Schema{"kind": null(openapi.Text(keyKind, commands.KeyPterodactyl)), "permissions": null(permissionsSchema()),
		"allowed_ips": null(openapi.List(text)), "memo": null(text), "expires_at": null(openapi.Form("date-time"))})
	link := openapi.Object(map[string]openapi.Schema{"kind!": text, "id!": text, "name": null(text), "data": openapi.Anything()})
	return openapi.Table{
		"GET /v1/users/:id/ssh-keys": {Summary: "List a user's SSH keys", Query: paged(), Answer: listAnswer[sshKeyAnswer]{}},
		"POST /v1/users/:id/ssh-keys": {Summary: "Let a public key log in as the user",
			Body: openapi.Object(map[string]openapi.Schema{"title!": text, "key!": text}), Answer: sshKeyAnswer{}, Status: http.StatusCreated},
		"DELETE /v1/users/:id/ssh-keys/:number":          {Summary: "End an SSH key"},
		"GET /v1/users/:id/signing-keys":                 {Summary: "List a user's signing keys", Query: paged(), Answer: listAnswer[signingKeyAnswer]{}},
		"POST /v1/users/:id/signing-keys":                {Summary: "Make a signing key", Body: withPermissions, Answer: newSigningKeyAnswer{}, Status: http.StatusCreated},
		"DELETE /v1/users/:id/signing-keys/:key":         {Summary: "End a signing key"},
		"GET /v1/users/:id/api-keys":                     {Summary: "List a user's API keys", Query: paged(), Answer: listAnswer[apiKeyAnswer]{}},
		"POST /v1/users/:id/api-keys":                    {Summary: "Make an API key, which this answer alone shows", Body: key, Answer: newAPIKeyAnswer{}, Status: http.StatusCreated},
		"DELETE /v1/users/:id/api-keys/:key":             {Summary: "End an API key"},
		"GET /v1/users/:id/resources":                    {Summary: "List what belongs to a user in other systems", Query: paged(), Answer: listAnswer[resourceAnswer]{}},
		"POST /v1/users/:id/resources":                   {Summary: "Record that something belongs to a user", Body: link, Answer: resourceAnswer{}, Status: http.StatusCreated, Also: []int{http.StatusOK}},
		"DELETE /v1/users/:id/resources/:kind/:resource": {Summary: "Record that something belongs to a user no longer"},
		"GET /v1/users/:id/consents":                     {Summary: "List the applications that may act in a user's name", Query: paged(), Answer: listAnswer[consentAnswer]{}},
		"DELETE /v1/users/:id/consents/:application":     {Summary: "Withdraw a consent"},
	}
}

func directoryDescriptions() openapi.Table {
	text, null := openapi.Text(), openapi.Nullable
	client := map[string]openapi.Schema{"name": null(text), "timezone": null(text), "status": null(openapi.Text(clientActive, clientBlocked))}
	application := map[string]openapi.Schema{"name!": text, "type!": openapi.Text(commands.ApplicationTrusted, commands.ApplicationPublic, commands.ApplicationPassword),
		"access": null(text), "redirect_uris": null(openapi.List(text)), "user": null(openapi.Form("uuid")), "client_id": null(openapi.Whole())}
	patch := openapi.Schema{"type": "object"} // a merge patch of the object
	return openapi.Table{
		"GET /v1/clients":            {Summary: "List clients", Query: paged(), Answer: listAnswer[clientAnswer]{}},
		"POST /v1/clients":           {Summary: "Make a client", Body: openapi.Object(client), Example: map[string]any{"name": "Acme"}, Answer: clientAnswer{}, Status: http.StatusCreated},
		"GET /v1/clients/:client":    {Summary: "Show a client", Answer: clientAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/clients/:client":  {Summary: "Change a client", Body: patch, Sent: patchTypes(), Answer: clientAnswer{}},
		"DELETE /v1/clients/:client": {Summary: "Delete a client"},

		"GET /v1/datacenters": {Summary: "List datacenters", Query: paged(), Answer: listAnswer[datacenterAnswer]{}},
		"POST /v1/datacenters": {Summary: "Make a datacenter", Answer: datacenterAnswer{}, Status: http.StatusCreated, Body: openapi.Object(map[string]openapi.Schema{
			"name!": text, "owner": null(text), "public": null(openapi.Truth()), "groups": null(openapi.List(text))})},
		"GET /v1/datacenters/:datacenter":    {Summary: "Show a datacenter", Answer: datacenterAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/datacenters/:datacenter":  {Summary: "Change a datacenter", Body: patch, Sent: patchTypes(), Answer: datacenterAnswer{}},
		"DELETE /v1/datacenters/:datacenter": {Summary: "Delete a datacenter"},

		"GET /v1/groups": {Summary: "List groups", Query: paged(), Answer: listAnswer[groupAnswer]{}},
		"POST /v1/groups": {Summary: "Make a group", Answer: groupAnswer{}, Status: http.StatusCreated, Body: openapi.Object(map[string]openapi.Schema{
			"name!": text, "dc_bound": null(text), "permissions": null(openapi.List(text)), "datacenters": null(openapi.List(text))})},
		"GET /v1/groups/:group":    {Summary: "Show a group", Answer: groupAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/groups/:group":  {Summary: "Change a group", Body: patch, Sent: patchTypes(), Answer: groupAnswer{}},
		"DELETE /v1/groups/:group": {Summary: "Delete a group"},

		"GET /v1/applications":                      {Summary: "List applications", Query: paged(), Answer: listAnswer[applicationAnswer]{}},
		"POST /v1/applications":                     {Summary: "Make an application", Body: openapi.Object(application), Answer: newSecretAnswer{}, Status: http.StatusCreated},
		"GET /v1/applications/:application":         {Summary: "Show an application", Answer: applicationAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/applications/:application":       {Summary: "Change an application", Body: patch, Sent: patchTypes(), Answer: applicationAnswer{}},
		"DELETE /v1/applications/:application":      {Summary: "Delete an application"},
		"POST /v1/applications/:application/secret": {Summary: "Give an application a new secret, which this answer alone shows", Answer: newSecretAnswer{}},
	}
}

func feedDescriptions() openapi.Table {
	text, null := openapi.Text(), openapi.Nullable
	subscription := openapi.Object(map[string]openapi.Schema{"name!": text, "types": null(openapi.List(text)), "users": null(openapi.List(text)),
		"aggregates": null(openapi.List(text)), "start": {"type": []string{"string", "integer", "null"}, "description": `"all", "new", a sequence, or a time`}})
	hook := openapi.Object(map[string]openapi.Schema{"url!": text, "types": null(openapi.List(text)), "users": null(openapi.List(text))})
	patch := openapi.Schema{"type": "object"} // a merge patch of the object
	return openapi.Table{
		"GET /v1/subscriptions":          {Summary: "List subscriptions", Query: paged(), Answer: listAnswer[subscriptionAnswer]{}},
		"POST /v1/subscriptions":         {Summary: "Make a subscription", Body: subscription, Example: map[string]any{"name": "crm", "types": []string{events.UserCreated{}.Type()}}, Answer: subscriptionAnswer{}, Status: http.StatusCreated},
		"GET /v1/subscriptions/:name":    {Summary: "Show a subscription", Answer: subscriptionAnswer{}},
		"DELETE /v1/subscriptions/:name": {Summary: "End a subscription"},

		"GET /v1/webhooks":                     {Summary: "List webhooks", Query: paged(), Answer: listAnswer[webhookAnswer]{}},
		"POST /v1/webhooks":                    {Summary: "Make a webhook", Body: hook, Answer: newWebhookAnswer{}, Status: http.StatusCreated},
		"GET /v1/webhooks/:webhook":            {Summary: "Show a webhook", Answer: webhookAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/webhooks/:webhook":          {Summary: "Change a webhook", Body: patch, Sent: patchTypes(), Answer: webhookAnswer{}},
		"DELETE /v1/webhooks/:webhook":         {Summary: "Delete a webhook"},
		"POST /v1/webhooks/:webhook/secret":    {Summary: "Give a webhook a new secret", Body: openapi.Object(map[string]openapi.Schema{"overlap_seconds": null(openapi.Whole())}), Answer: newWebhookAnswer{}},
		"GET /v1/webhooks/:webhook/deliveries": {Summary: "List what was sent to a webhook of late", Query: paged(), Answer: listAnswer[deliveryAnswer]{}},
		"POST /v1/webhooks/:webhook/replay": {Summary: "Send one event again, or everything from one on", Answer: deliveryAnswer{}, Also: []int{http.StatusAccepted},
			Body: openapi.Object(map[string]openapi.Schema{"sequence": null(openapi.Whole()), "from": null(openapi.Whole())})},
	}
}

func pastAndMailDescriptions() openapi.Table {
	nothing := openapi.Schema{"type": "object"}
	return openapi.Table{
		"GET /v1/users/:id/history": {Summary: "List what happened to a user", Answer: historyListAnswer{}, Query: []openapi.Parameter{
			{Name: "limit", About: "Entries of a page; 50 when it is left away, 1000 at most.", Schema: openapi.Whole()},
			{Name: "sort", About: "The newest come first unless sequence is asked for.", Schema: openapi.Text("sequence", "-sequence")},
			{Name: "after", About: "A sequence: only what came later.", Schema: openapi.Whole()},
			{Name: "before", About: "A sequence: only what came earlier.", Schema: openapi.Whole()}}},

		"GET /v1/mail":                      {Summary: "List mails that could not be sent", Query: paged(), Answer: listAnswer[mailAnswer]{}},
		"POST /v1/mail/:mail/send":          {Summary: "Send a mail again", Body: nothing},
		"DELETE /v1/mail/:mail":             {Summary: "Give up a mail"},
		"POST /v1/users/:id/password-reset": {Summary: "Have a link mailed by which the user sets a new password", Body: nothing, Status: http.StatusAccepted},
	}
}
