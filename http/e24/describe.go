package e24

import (
	"accountd/http/rest/openapi"
)

// The longest texts, in characters.
const (
	longEmail = 254
	longName  = 255
)

// Describe returns what /openapi.json has about the dialect.
func Describe() openapi.Dialect {
	text := openapi.Text()
	failure := openapi.Object(map[string]openapi.Schema{"success!": openapi.Schema{"const": false},
		"error!": openapi.Object(map[string]openapi.Schema{
			"code!": text, "message!": text, "field": text, "request_id!": text})})
	window := []openapi.Parameter{{Name: "limit", About: "Entries of a page; 100 when omitted, 1000 at most.",
		Schema: openapi.Count()},
		{Name: "offset", About: "Entries to skip before the page.", Schema: openapi.Count()}}
	named, nothing, key := namedKeySchema(), succeeded(nil), succeeded(openapi.Schema{"api": apiKeySchema()})
	return openapi.Dialect{
		Name: "e24", Title: "e24cloud API v2",
		About: "e24cloud's API v2. Every call is signed, which this page cannot do: its guide, /docs/guides/e24, has " +
			"a shell function that signs one and sends it with curl.", Routes: openapi.Routes(api{}.routes()),
		Problem: failure,
		Headers: answerHeaders(),
		Security: map[string]openapi.Schema{"signature": {"type": "apiKey", "in": "header", "name": "Authorization",
			"description": "The key's id, a colon, and the base64 of the HMAC-SHA256 of method, host, X-Date, path " +
				"and body, a line each. X-Date is the time."}},
		Table: openapi.Table{
			"PUT /v2/accounts": {Summary: "Create an account", Body: createSchema(),
				Answer: succeeded(openapi.Schema{"user": accountSchema()})},
			"GET /v2/accounts": {Summary: "List accounts", Query: window,
				Answer: succeeded(openapi.Schema{"users": openapi.List(accountSchema()),
					"total": openapi.Count(), "limit": openapi.Count(), "offset": openapi.Count()})},
			"GET /v2/account": {Summary: "Show the caller's account",
				Answer: succeeded(openapi.Schema{"account": ownAccountSchema()})},
			"POST /v2/account/data": {Summary: "Change the caller's account", Body: changeSchema(),
				Answer: nothing},
			"PUT /v2/account/api": {Summary: "Create a signing key", Answer: key},
			"POST /v2/account/api-new-secret-key": {Summary: "Rotate a signing key's secret", Body: named,
				Answer: key},
			"DELETE /v2/account/api": {Summary: "Delete a signing key", Body: named, Answer: nothing},
			"PUT /v2/account/sshkey": {Summary: "Add or generate an SSH key", Body: addKeySchema(),
				Answer: succeeded(openapi.Schema{"sshkeys": sshKeySchema()})},
			"DELETE /v2/account/:id/sshkey": {Summary: "Delete an SSH key", Answer: nothing},
			"POST /v2/account/files-new-secret-key": {Summary: "Rotate the secrets of the storage keys",
				Body:   named,
				Answer: succeeded(openapi.Schema{"e24files": filesSchema()})},
		},
	}
}

// succeeded is an answer that has members beside success.
func succeeded(members openapi.Schema) openapi.Schema {
	all := map[string]openapi.Schema{"success!": {"const": true}}
	for name, schema := range members {
		all[name+"!"] = schema.(openapi.Schema)
	}
	return openapi.Object(all)
}

// textSchemas are the forms of the members that requests have.
func textSchemas() (name, phone, password openapi.Schema) {
	return openapi.Filled(openapi.Line(longName)), openapi.Schema{"type": "string", "pattern": phoneNumber.String(),
			"maxLength": 64},
		openapi.Schema{"type": "string", "minLength": minPassword, "maxLength": maxPassword, "writeOnly": true}
}

func createSchema() openapi.Schema {
	name, phone, password := textSchemas()
	email := openapi.With(openapi.Line(longEmail), "format", "email")
	return open(map[string]openapi.Schema{"email!": email, "first_name!": name, "last_name!": name, "phone!": phone,
		"password!": password})
}

func changeSchema() openapi.Schema {
	name, phone, password := textSchemas()
	name, phone, password = openapi.Nullable(name), openapi.Nullable(phone), openapi.Nullable(password)
	body := open(map[string]openapi.Schema{"first_name": name, "last_name": name, "phone": phone, "password": password})
	return openapi.With(openapi.With(body, "minProperties", 1), "description",
		"Members that are omitted or null stay as they are; at least one is something else.")
}

func namedKeySchema() openapi.Schema {
	return open(map[string]openapi.Schema{"api_key!": {"type": "string", "minLength": 1}})
}

func addKeySchema() openapi.Schema {
	name := openapi.Filled(openapi.Line(longName))
	key := openapi.Schema{"type": "string", "format": "ssh-public-key",
		"examples": []any{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN"}}
	return openapi.Or(open(map[string]openapi.Schema{"name!": name, "method": openapi.Text(methodUpload),
		"content!": key}), open(map[string]openapi.Schema{"name!": name, "method!": openapi.Text(methodGenerate)}))
}

// open is an object of which members that are not named are passed over.
func open(members map[string]openapi.Schema) openapi.Schema {
	out := openapi.Object(members)
	delete(out, "additionalProperties")
	return out
}

// accountSchema is an account as it is created and listed.
func accountSchema() openapi.Schema {
	members := sharedMembers()
	members["state!"], members["active!"] = openapi.Text(), openapi.Truth()
	return openapi.Object(members)
}

// ownAccountSchema is the caller's own account.
func ownAccountSchema() openapi.Schema {
	text, members := openapi.Text(), sharedMembers()
	members["notification!"] = openapi.Object(map[string]openapi.Schema{"email!": text, "phone!": text})
	members["groups!"] = openapi.List(openapi.Object(map[string]openapi.Schema{"id!": text, "name!": text}))
	return openapi.Object(members)
}

func sharedMembers() map[string]openapi.Schema {
	text := openapi.Text()
	return map[string]openapi.Schema{"id!": openapi.Form("uuid"), "name!": text, "email!": text, "phone!": text,
		"e24files!": filesSchema(), "api!": openapi.List(apiKeySchema()), "sshkeys!": openapi.List(sshKeySchema())}
}

func apiKeySchema() openapi.Schema {
	return openapi.Object(map[string]openapi.Schema{"api_key!": openapi.Text(), "secret_key!": openapi.Text()})
}

func sshKeySchema() openapi.Schema {
	text := openapi.Text()
	return openapi.Object(map[string]openapi.Schema{"id!": openapi.Whole(), "name!": text, "fingerprint!": text,
		"private_key": text})
}

func filesSchema() openapi.Schema {
	key := openapi.Object(map[string]openapi.Schema{"api_id!": openapi.Text(), "secret_key!": openapi.Text()})
	return openapi.Object(map[string]openapi.Schema{"s3!": key, "swift": key})
}
