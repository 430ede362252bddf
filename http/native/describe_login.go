package native

import (
	"net/http"

	"accountd/commands/password"
	"accountd/http/rest/openapi"
)

// sessionSchema is a session as it is shown; new: by the answer that made it.
func sessionSchema(isNew bool) openapi.Schema {
	members := map[string]openapi.Schema{"id!": openapi.Form("uuid"), "created_at!": openapi.Form("date-time"),
		"expires_at!": openapi.Form("date-time"), "user!": userSchema()}
	if isNew {
		members["token!"] = openapi.Text()
	}
	return openapi.Object(members)
}

func loginDescriptions() openapi.Table {
	filled := openapi.Filled(openapi.Text())
	return openapi.Table{
		"POST " + sessionsPath: {Summary: "Log in by a password, for a token that lasts a day", About: "The token, which this answer alone shows, acts as the user.", Open: true,
			Body:    openapi.Object(map[string]openapi.Schema{"username!": filled, "password!": openapi.With(filled, "maxLength", password.MaxLength)}),
			Example: map[string]any{"username": "grace@example.org", "password": "correct horse"}, Answer: sessionSchema(true), Status: http.StatusCreated},
		"GET " + sessionPath:    {Summary: "Show the session that the request is made in", Answer: sessionSchema(false)},
		"DELETE " + sessionPath: {Summary: "Log out: end the session that the request is made in"},
	}
}
