package native

import (
	"net/http"

	"accountd/commands/password"
	"accountd/http/rest/openapi"
)

// sessionSchema is a session as it is shown; new: by the answer that made it.
func sessionSchema(isNew bool) openapi.Schema {
	members := map[string]openapi.Schema{"id!": openapi.Form("uuid"), "created_at!": openapi.Form("date-time"), "authenticated_at!": openapi.Form("date-time"),
		"expires_at!": openapi.Form("date-time"), "user!": userSchema()}
	if isNew {
		members["token!"] = openapi.Text()
	}
	return openapi.Object(members)
}

func loginDescriptions() openapi.Table {
	filled := openapi.Filled(openapi.Text())
	code, example := openapi.Object(map[string]openapi.Schema{"code!": filled}), map[string]any{"code": "123456"}
	plain, optional := openapi.With(filled, "maxLength", password.MaxLength), openapi.Nullable(openapi.Text())
	return openapi.Table{
		"POST " + sessionsPath: {Summary: "Log in by a password, for a token that lasts a day", About: "The token, which this answer alone shows, acts as the user.", Open: true,
			Body:    openapi.Object(map[string]openapi.Schema{"username!": filled, "password!": plain, "code": optional}),
			Example: map[string]any{"username": "grace@example.org", "password": "correct horse"}, Answer: sessionSchema(true), Status: http.StatusCreated},
		"POST " + sessionPath + "/reauthenticate": {Summary: "Give the password again", About: "What decides who gets in, or may do what, takes a session whose authenticated_at is no more than 15 minutes ago.",
			Body: openapi.Object(map[string]openapi.Schema{"password!": plain, "code": optional}), Example: map[string]any{"password": "correct horse"}, Answer: sessionSchema(false)},
		"GET " + userSessionsPath: {Summary: "List where a user is logged in: sessions of every API, and what applications were granted",
			About: "Of oneself, and of whom one may manage. What of an application's grants, such as its refresh tokens, follows one on another is one session.", Query: paged(), Answer: listAnswer[userSessionAnswer]{}},
		"GET " + userSessionPath: {Summary: "Show a session of a user", Answer: userSessionAnswer{}},
		"DELETE " + userSessionsPath: {Summary: "End all sessions of a user, at once and everywhere", About: "Keys stay. No password has to be given again for it.",
			Query: []openapi.Parameter{{Name: keepParameter, About: "The session that stays: the one that the request is made in, if it is the user's own.", Schema: openapi.Text(keepCurrent)}}},
		"DELETE " + userSessionPath: {Summary: "End a session of a user, at once and everywhere", About: "Of an application's grant, the application can get no more tokens; what it gets by its secret alone it can get anew."},
		"GET " + sessionPath:        {Summary: "Show the session that the request is made in", Answer: sessionSchema(false)},
		"GET " + totpPath:           {Summary: "Show whether a user has a second factor, and how many recovery codes are left", Answer: factorAnswer{}},
		"POST " + totpPath:          {Summary: "Give oneself a secret for an authenticator app", About: "It counts when a code of it was confirmed.", Body: openapi.Object(nil), Answer: secretAnswer{}, Status: http.StatusCreated},
		"POST " + totpPath + "/confirm": {Summary: "Make codes of the app a second factor of one's log-ins by password", About: "The answer alone shows the recovery codes, each of which is good once.",
			Body: code, Example: example, Answer: recoveryAnswer{}},
		"POST " + totpPath + "/recovery-codes": {Summary: "Get new recovery codes, in place of those before", Body: code, Example: example, Answer: recoveryAnswer{}},
		"DELETE " + totpPath:                   {Summary: "Remove a second factor"},
		"DELETE " + sessionPath:                {Summary: "Log out: end the session that the request is made in"},
	}
}
