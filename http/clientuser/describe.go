package clientuser

import (
	"net/http"
	"strings"

	"accountd/commands"
	"accountd/http/rest/openapi"
)

// Describe returns what /openapi.json has about the dialect: the paths without a version, and not those of levels that
// have no users. The pages of the authorization code flow are for people.
func Describe() openapi.Dialect {
	d := openapi.Dialect{
		Name: "clientuser", Title: "Client-user API", About: "The client-user API.", Problem: problemSchema(),
		Headers: answerHeaders(), Table: openapi.Table{
			"GET " + askerPath: {Summary: "Show the caller", Answer: askerSchema()},
			"GET " + usersPath: {Summary: "List the users of a client", Query: listParameters(),
				Answer: openapi.List(userSchema())},
			"POST " + usersPath: {Summary: "Create a user", Body: sentSchema("login", "name", "email",
				"password"), Answer: userSchema(), Status: http.StatusCreated},
			"GET " + usersPath + "/:user":    {Summary: "Show a user", Answer: userSchema()},
			"PUT " + usersPath + "/:user":    {Summary: "Change a user", Body: sentSchema(), Answer: userSchema()},
			"DELETE " + usersPath + "/:user": {Summary: "Delete a user"},
			tokenCall: {Summary: "Get a token", Open: true, Body: tokenSchema(),
				Sent: []string{"application/x-www-form-urlencoded"}, Answer: tokensSchema(),
				Failure: openapi.Or(oauthProblemSchema(), problemSchema()),
				Example: map[string]any{"grant_type": "client_credentials",
					"client_id":     "0123456789abcdef0123456789abcdef",
					"client_secret": "0123456789abcdef0123456789abcdef"}},
		},
		Security: map[string]openapi.Schema{"oauth": {"type": "oauth2",
			"description": "An application, such as client_app_id and client_app_secret in admin.json.",
			"flows": openapi.Schema{
				"clientCredentials": openapi.Schema{"tokenUrl": oauthPath + "/token", "scopes": openapi.Schema{}}}}},
	}
	d.Routes = []string{tokenCall}
	for _, call := range openapi.Routes(new(api).routes()) {
		if !strings.Contains(call, "/user/extension") {
			d.Routes = append(d.Routes, call)
		}
	}
	return d
}

func userSchema() openapi.Schema {
	text, null := openapi.Text(), openapi.Nullable
	return openapi.Object(map[string]openapi.Schema{"id!": openapi.Whole(), "client_id!": openapi.Whole(),
		"login!": text, "name!": null(text),
		"email!": null(text), "access!": openapi.Text(commands.AccessFull, commands.AccessReadOnly),
		"status!":  openapi.Text(statusActive, statusBlocked),
		"comment!": null(text), "extra_params!": null(text), "timezone!": null(text)})
}

// askerSchema is who asks. Nobody is a dealer's or an extension's here.
func askerSchema() openapi.Schema {
	null := openapi.Schema{"type": "null"}
	return openapi.Object(map[string]openapi.Schema{"id!": openapi.Whole(), "client_id!": openapi.Whole(),
		"login!": openapi.Text(), "admin!": openapi.Truth(),
		"access!":       openapi.Text(commands.AccessFull, commands.AccessReadOnly),
		"extra_params!": openapi.Nullable(openapi.Text()),
		"timezone!":     openapi.Nullable(openapi.Text()), "dealer_id!": null, "extension_id!": null,
		"extension_group_id!": null})
}

func sentSchema(required ...string) openapi.Schema {
	name, null := openapi.Filled(openapi.Line(longName)), openapi.Nullable
	out := openapi.Schema{"type": "object", "properties": openapi.Schema{"login": name, "name": name,
		"email":    openapi.With(openapi.Line(longEmail), "format", "email"),
		"password": openapi.Schema{"type": "string", "minLength": 1, "maxLength": 1024, "writeOnly": true},
		"access":   openapi.Text(commands.AccessFull, commands.AccessReadOnly),
		"status":   openapi.Text(statusActive, statusBlocked),
		"comment":  null(openapi.Lines(longText)), "extra_params": null(openapi.Lines(longOpaque)),
		"timezone": null(openapi.Form("timezone"))}}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// The longest texts, in characters.
const (
	longEmail  = 254
	longName   = 255
	longText   = 4096
	longOpaque = 65536
)

func listParameters() []openapi.Parameter {
	positive := openapi.Schema{"type": "integer", "minimum": 1}
	return []openapi.Parameter{{Name: "login", About: "Users with one of these values.",
		Schema: openapi.List(openapi.Text())},
		{Name: "id", About: "Users with one of these values.",
			Schema: openapi.Schema{"type": "array", "items": openapi.Whole(), "minItems": 1}},
		{Name: "page", About: "From 1 up; when this and per_page are omitted, the answer has all users.",
			Schema: positive}, {Name: "per_page", About: "Users of a page.", Schema: positive},
		{Name: "order", About: "By id; asc when omitted.", Schema: openapi.Text("asc", "desc")}}
}

// problemSchema is the answer to a request that failed.
func problemSchema() openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"message!": openapi.Text(), "status": openapi.Text()})
}

// tokenCall is the token endpoint of RFC 6749.
const tokenCall = http.MethodPost + " " + oauthPath + "/token"

func tokenSchema() openapi.Schema {
	text := openapi.Text()
	grant := openapi.Text("client_credentials", "authorization_code", "password", "refresh_token")
	return openapi.Schema{"type": "object", "required": []string{"grant_type"},
		"properties": openapi.Schema{"grant_type": grant, "client_id": text, "client_secret": text,
			"code": text, "redirect_uri": text, "code_verifier": text, "username": text, "password": text,
			"refresh_token": text}}
}

func tokensSchema() openapi.Schema {
	text := openapi.Text()
	return openapi.Object(map[string]openapi.Schema{"access_token!": text, "token_type!": openapi.Text("Bearer"),
		"expires_in!": openapi.Whole(), "refresh_token": text, "scope": text})
}

func oauthProblemSchema() openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"error!": openapi.Text(), "error_description!": openapi.Text()})
}
