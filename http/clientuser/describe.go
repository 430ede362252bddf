package clientuser

import (
	"net/http"
	"strings"

	"accountd/commands"
	"accountd/http/rest/openapi"
)

// Describe returns what /openapi.json has about the dialect: the paths without a version, and not those of levels that have no
// users. The pages of the authorization code flow are for people.
func Describe() openapi.Dialect {
	d := openapi.Dialect{
		Name: "clientuser", Title: "Client-user API", About: "The client-user API.", Problem: openapi.Schema{"type": "object"}, Table: openapi.Table{
			"GET " + askerPath:               {Summary: "Show who asks", Answer: openapi.Schema{"type": "object"}},
			"GET " + usersPath:               {Summary: "List the users of a client", Query: listing(), Answer: openapi.List(userSchema())},
			"POST " + usersPath:              {Summary: "Create a user", Body: sentSchema("login", "name", "email", "password"), Answer: userSchema(), Status: http.StatusCreated},
			"GET " + usersPath + "/:user":    {Summary: "Show a user", Answer: userSchema()},
			"PUT " + usersPath + "/:user":    {Summary: "Change a user", Body: sentSchema(), Answer: userSchema()},
			"DELETE " + usersPath + "/:user": {Summary: "Delete a user"},
		},
		Security: map[string]openapi.Schema{"oauth": {"type": "oauth2", "description": "An application, such as client_app_id and client_app_secret in admin.json.", "flows": openapi.Schema{
			"clientCredentials": openapi.Schema{"tokenUrl": oauthPath + "/token", "scopes": openapi.Schema{}}}}},
	}
	for _, call := range openapi.Routes(new(api).routes()) {
		if !strings.Contains(call, "/user/extension") {
			d.Routes = append(d.Routes, call)
		}
	}
	return d
}

func listing() []openapi.Parameter {
	texts, number := openapi.List(openapi.Text()), openapi.Whole()
	return []openapi.Parameter{
		{Name: "login", About: "Those with one of these.", Schema: texts}, {Name: "id", About: "Those with one of these.", Schema: texts},
		{Name: "page", About: "From 1 up; all users come at once when this and per_page are left away.", Schema: number},
		{Name: "per_page", About: "Users of a page.", Schema: number}, {Name: "order", About: "By id; asc when it is left away.", Schema: openapi.Text("asc", "desc")},
	}
}

func userSchema() openapi.Schema {
	text, null := openapi.Text(), openapi.Nullable
	return openapi.Object(map[string]openapi.Schema{"id!": openapi.Whole(), "client_id!": openapi.Whole(), "login!": text, "name!": null(text),
		"email!": null(text), "access!": openapi.Text(commands.AccessFull, commands.AccessReadOnly), "status!": openapi.Text(statusActive, statusBlocked),
		"comment!": null(text), "extra_params!": null(text), "timezone!": null(text)})
}

func sentSchema(required ...string) openapi.Schema {
	text := openapi.Text()
	out := openapi.Schema{"type": "object", "properties": openapi.Schema{"login": text, "name": text, "email": text, "password": text,
		"access": openapi.Text(commands.AccessFull, commands.AccessReadOnly), "status": openapi.Text(statusActive, statusBlocked),
		"comment": openapi.Nullable(text), "extra_params": openapi.Nullable(text), "timezone": openapi.Nullable(text)}}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}
