package e24

import (
	"accountd/http/rest/openapi"
)

// Describe returns what /openapi.json has about the dialect.
func Describe() openapi.Dialect {
	text := openapi.Text()
	failure := openapi.Object(map[string]openapi.Schema{"success!": openapi.Truth(), "error!": openapi.Object(map[string]openapi.Schema{
		"code!": text, "message!": text, "field": text, "request_id!": text})})
	return openapi.Dialect{
		Name: "e24", Title: "e24cloud API v2", About: "e24cloud's API v2. Every call is signed, which this page cannot do: README has a shell function that signs one and sends it with curl.", Routes: openapi.Routes(api{}.routes()), Problem: failure,
		Security: map[string]openapi.Schema{"signature": {"type": "apiKey", "in": "header", "name": "Authorization",
			"description": "The key's id, a colon, and the base64 of the HMAC-SHA256 of method, host, X-Date, path and body, a line each."}},
		Table: openapi.Table{
			"PUT /v2/accounts": {Summary: "Create an account", Body: createAccountRequest{}, Answer: succeeded("user", accountSchema())},
			"GET /v2/accounts": {Summary: "List accounts", Answer: succeeded("users", openapi.List(accountSchema())), Query: []openapi.Parameter{
				{Name: "limit", About: "entries of a page", Schema: openapi.Whole()}, {Name: "offset", About: "entries before it", Schema: openapi.Whole()}}},
			"GET /v2/account":                       {Summary: "Show the own account", Answer: succeeded("account", accountSchema())},
			"POST /v2/account/data":                 {Summary: "Change the own account", Body: changeDataRequest{}, Answer: succeeded("", nil)},
			"PUT /v2/account/api":                   {Summary: "Make a signing key", Answer: succeeded("", nil)},
			"POST /v2/account/api-new-secret-key":   {Summary: "Give a signing key a new secret", Body: apiKeyRequest{}, Answer: succeeded("", nil)},
			"DELETE /v2/account/api":                {Summary: "End a signing key", Body: apiKeyRequest{}, Answer: succeeded("", nil)},
			"PUT /v2/account/sshkey":                {Summary: "Add or generate an SSH key", Body: addSSHKeyRequest{}, Answer: succeeded("", nil)},
			"DELETE /v2/account/:id/sshkey":         {Summary: "End an SSH key", Answer: succeeded("", nil)},
			"POST /v2/account/files-new-secret-key": {Summary: "Give the storage keys new secrets", Body: filesKeysRequest{}, Answer: succeeded("", nil)},
		},
	}
}

// succeeded is an answer that has what was asked for under a name, if any.
func succeeded(name string, of openapi.Schema) openapi.Schema {
	properties := openapi.Schema{"success": openapi.Schema{"const": true}}
	if name != "" {
		properties[name] = of
	}
	return openapi.Schema{"type": "object", "properties": properties, "required": []string{"success"}}
}

// accountSchema is what an account shows at least.
func accountSchema() openapi.Schema {
	return openapi.Schema{"type": "object", "required": []string{"id", "email"}, "properties": openapi.Schema{
		"id": openapi.Form("uuid"), "name": openapi.Text(), "email": openapi.Text(), "phone": openapi.Text(), "active": openapi.Truth(),
		"state": openapi.Text(), "api": openapi.List(openapi.Anything()), "sshkeys": openapi.List(openapi.Anything()), "e24files": openapi.Anything()}}
}
