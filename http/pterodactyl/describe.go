package pterodactyl

import (
	"net/http"

	"accountd/commands"
	"accountd/http/rest/openapi"
)

// Describe returns what /openapi.json has about the dialect.
func Describe() openapi.Dialect {
	one, page := userSchema(), []openapi.Parameter{{Name: "page", About: "From 1 up.",
		Schema: openapi.Schema{"type": "integer", "minimum": 1}},
		{Name: "per_page", About: "Entries of a page; 50 when omitted.", Schema: openapi.Count()}}
	filters := append(page, includeParameter())
	for _, name := range []string{"email", "uuid", "username", "external_id"} {
		filters = append(filters, openapi.Parameter{Name: "filter[" + name + "]", About: "Users whose field " +
			"contains this text.",
			Schema: openapi.Text()})
	}
	filters = append(filters, openapi.Parameter{Name: "sort", About: "A field to sort by; a minus before it sorts " +
		"in descending order.",
		Schema: openapi.Text("id", "-id", "uuid", "-uuid")})
	return openapi.Dialect{
		Name: "pterodactyl", Title: "Pterodactyl application API", About: "The users of Pterodactyl's application API.",
		Routes: openapi.Routes(new(api).routes()), Problem: failureSchema(), Headers: answerHeaders(),
		Security: map[string]openapi.Schema{"panel_key": {"type": "http", "scheme": "bearer",
			"description": "A key of kind " + commands.KeyPterodactyl + ", such as pterodactyl_key in admin.json."}},
		Table: openapi.Table{
			"GET " + usersPath: {Summary: "List users", Query: filters,
				Answer: listSchema(one)},
			"POST " + usersPath: {Summary: "Create a user", Body: sentSchema(), Answer: one,
				Status: http.StatusCreated},
			"GET " + usersPath + "/external/:external": {Summary: "Show the user with an external id",
				Query: []openapi.Parameter{includeParameter()}, Answer: one},
			"GET " + usersPath + "/:id": {Summary: "Show a user",
				Query: []openapi.Parameter{includeParameter()}, Answer: one},
			"PATCH " + usersPath + "/:id":  {Summary: "Change a user", Body: sentSchema(), Answer: one},
			"DELETE " + usersPath + "/:id": {Summary: "Delete a user"},
			"GET " + serversPath: {Summary: "List the servers that belong to users", Query: page,
				Answer: listSchema(openapi.Schema{"type": "object"})},
		},
	}
}

func includeParameter() openapi.Parameter {
	return openapi.Parameter{Name: "include", About: "Include the servers that belong to the user.",
		Schema: openapi.Text("servers")}
}

// sentSchema is what a request says about a user. The panel also takes numbers and texts for truth values, and forms.
func sentSchema() openapi.Schema {
	null, line := openapi.Nullable, openapi.Filled(openapi.Line(maxText))
	return openapi.Schema{"type": "object", "required": []string{"email", "username", "first_name", "last_name"},
		"properties": openapi.Schema{
			"email": openapi.Schema{"type": "string", "format": "email", "maxLength": maxText}, "first_name": line,
			"last_name": line,
			"username": openapi.Schema{"type": "string", "pattern": `^[A-Za-z0-9][A-Za-z0-9_.-]+[A-Za-z0-9]$`,
				"maxLength": maxText},
			"password":    null(openapi.Schema{"type": "string", "maxLength": 1024, "writeOnly": true}),
			"external_id": null(openapi.Line(maxText)),
			"root_admin":  openapi.Truth(), "language": openapi.Text(defaultLanguage)}}
}

func userSchema() openapi.Schema {
	text, null := openapi.Text(), openapi.Nullable
	attributes := openapi.Schema{"type": "object", "required": []string{"id", "uuid", "username", "email"},
		"properties": openapi.Schema{
			"id": openapi.Whole(), "external_id": null(text), "uuid": openapi.Form("uuid"), "username": text,
			"email":      text,
			"first_name": text,
			"last_name":  text, "language": text, "root_admin": openapi.Truth(), "2fa": openapi.Truth(),
			"created_at": openapi.Form("date-time"),
			"updated_at": openapi.Form("date-time"), "relationships": openapi.Schema{"type": "object"}}}
	return openapi.Schema{"type": "object", "required": []string{"object", "attributes"}, "properties": openapi.Schema{
		"object": openapi.Text("user"), "attributes": attributes, "meta": openapi.Schema{"type": "object"}}}
}

func listSchema(entry openapi.Schema) openapi.Schema {
	return openapi.Schema{"type": "object", "required": []string{"object", "data", "meta"},
		"properties": openapi.Schema{
			"object": openapi.Text("list"), "data": openapi.List(entry), "meta": openapi.Schema{"type": "object"}}}
}

func failureSchema() openapi.Schema {
	entry := openapi.Schema{"type": "object", "required": []string{"code", "status", "detail"},
		"properties": openapi.Schema{
			"code": openapi.Text(), "status": openapi.Text(), "detail": openapi.Text(),
			"meta": openapi.Schema{"type": "object"}}}
	return openapi.Schema{"type": "object", "required": []string{"errors"},
		"properties": openapi.Schema{"errors": openapi.List(entry)}}
}
