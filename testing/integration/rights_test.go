package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asker is somebody who asks by a token.
type asker struct {
	t     *testing.T
	p     *process
	token string
}

// ask makes a request. Headers are names and values in turn.
func (a asker) ask(method, path, body string, headers ...string) (int, string) {
	a.t.Helper()
	all := map[string]string{"Authorization": "Bearer " + a.token}
	for i := 0; i < len(headers); i += 2 {
		all[headers[i]] = headers[i+1]
	}
	return a.p.send(a.t, method, path, body, all)
}

// may wants the request to be answered with that status, and returns the member of the answer's object.
func (a asker) may(status int, method, path, body, member string) string {
	a.t.Helper()
	got, answer := a.ask(method, path, body)
	require.Equal(a.t, status, got, "%s %s %s: %s", method, path, body, answer)
	var object map[string]any
	if member != "" {
		require.NoError(a.t, json.Unmarshal([]byte(answer), &object))
	}
	return fmt.Sprint(object[member])
}

// mayNot wants the request to be refused for that reason.
func (a asker) mayNot(status int, reason, method, path, body string, headers ...string) {
	a.t.Helper()
	got, answer := a.ask(method, path, body, headers...)
	require.Equal(a.t, status, got, "%s %s %s: %s", method, path, body, answer)
	require.Contains(a.t, answer, `"code":"`+reason+`"`, "%s %s %s", method, path, body)
}

// makes makes a user and returns its path.
func (a asker) makes(body string) string {
	a.t.Helper()
	return "/v1/users/" + a.may(http.StatusCreated, "POST", "/v1/users", body, "id")
}

// by returns somebody who asks by a new key of the user.
func (a asker) by(user, key string) asker {
	a.t.Helper()
	return asker{a.t, a.p, a.may(http.StatusCreated, "POST", user+"/api-keys", key, "key")}
}

// sees reports whether the user is in the asker's list, and there for the asker.
func (a asker) sees(user string) bool {
	a.t.Helper()
	status, _ := a.ask("GET", user, "")
	_, list := a.ask("GET", "/v1/users?limit=100", "")
	_, export := a.ask("GET", "/v1/users:export", "")
	id := strings.TrimPrefix(user, "/v1/users/")
	listed := strings.Contains(list, id)
	require.Equal(a.t, listed, status == http.StatusOK, "%s: %d", user, status)
	require.Equal(a.t, listed, strings.Contains(export, id), user)
	return listed
}

// TestRightsOverHTTP plays against a service what once let somebody keep, gain or lend power.
func TestRightsOverHTTP(t *testing.T) {
	p := run(t, t.TempDir())
	root := asker{t, p, p.admin.Token}
	admin := "/v1/users/" + p.admin.UserID
	for name, play := range map[string]func(asker, string){
		"a parent sees while it may make": parentsSee, "tokens end with a membership": tokensEndWithMembership,
		"narrow keys open nothing wide": narrowKeys, "children count": childrenCount,
		"readers do not write":   readersDoNotWrite,
		"nobody attests oneself": nobodyAttests, "replays end with rights and persons": replaysEnd,
		"sessions are ended by others": sessionsEnd,
		"names of others":              namesOfOthers, "what a parent left ends with a rise": strangersLeave,
		"bad tokens lock nobody out": badTokens,
	} {
		t.Run(name, func(t *testing.T) { play(asker{t, root.p, root.token}, admin) })
	}
}

func parentsSee(root asker, _ string) {
	t := root.t
	require.Equal(t, "<nil>", root.may(http.StatusOK, "GET", root.makes(`{"email":"by-root@example.org"}`), "",
		"parent"))

	reseller := root.makes(`{"email":"reseller@example.org"}`)
	key := root.may(http.StatusCreated, "POST", reseller+"/api-keys", `{"permissions":{"users":"write"}}`, "key")
	selling, plain := asker{t, root.p, key}, root.by(reseller, `{}`)
	child := func(n int) string { return selling.makes(fmt.Sprintf(`{"email":"child%d@example.org"}`, n)) }
	moved, freed, raised, kept := child(1), child(2), child(3), child(4)
	for _, c := range []string{moved, freed, raised, kept} {
		require.True(t, selling.sees(c) && plain.sees(c))
	}
	client := root.may(http.StatusCreated, "POST", "/v1/clients", `{"name":"Moved"}`, "id")
	root.may(http.StatusOK, "PATCH", moved, `{"client_id":`+client+`,"access":"full"}`, "")
	root.may(http.StatusOK, "PATCH", freed, `{"parent":null}`, "")
	root.may(http.StatusOK, "PATCH", raised, `{"super_admin":true}`, "")
	for _, c := range []string{moved, freed, raised} {
		require.False(t, selling.sees(c))
		selling.mayNot(http.StatusNotFound, "user_not_found", "PATCH", c, `{"password":"a new secret"}`)
	}
	selling.mayNot(http.StatusForbidden, "not_allowed", "PATCH", kept, `{"parent":null}`)
	_, keys := root.ask("GET", reseller+"/api-keys", "")
	var all struct {
		Data []struct {
			ID          string
			Permissions struct{ Users string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(keys), &all))
	for _, k := range all.Data {
		if k.Permissions.Users == "write" {
			root.may(http.StatusNoContent, "DELETE", reseller+"/api-keys/"+k.ID, "", "")
		}
	}
	require.False(t, plain.sees(kept), "who makes no more accounts sees those made before no more")

	boss := root.makes(`{"email":"boss@example.org","super_admin":true}`)
	bossKey := root.by(boss, `{}`)
	made := bossKey.makes(`{"email":"by-boss@example.org"}`)
	require.True(t, bossKey.sees(made))
	root.may(http.StatusOK, "PATCH", boss, `{"super_admin":false}`, "")
	require.False(t, bossKey.sees(made))
}

// tokenOf asks for a token of an application's own.
func tokenOf(root asker, app, secret string) (int, string) {
	root.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {app}, "client_secret": {secret}}
	status, body := root.p.send(root.t, "POST", "/oauth/token", form.Encode(),
		map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	var got struct {
		AccessToken string `json:"access_token"`
	}
	_ = json.Unmarshal([]byte(body), &got) // a refusal has none
	return status, got.AccessToken
}

func tokensEndWithMembership(root asker, _ string) {
	t := root.t
	client := func(name string) string {
		return root.may(http.StatusCreated, "POST", "/v1/clients", `{"name":"`+name+`"}`, "id")
	}
	here, there := client("Here"), client("There")
	user := root.makes(`{"email":"agent@example.org","client_id":` + here + `,"access":"full"}`)
	_, body := root.ask("POST", "/v1/applications", `{"name":"Sync","type":"trusted","client_id":`+here+`,"user":"`+
		strings.TrimPrefix(user, "/v1/users/")+`","access":"all"}`)
	var app struct {
		ID     string
		AppID  string `json:"app_id"`
		Secret string `json:"app_secret"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &app))
	require.NotEmpty(t, app.Secret, body)
	status, token := tokenOf(root, app.AppID, app.Secret)
	require.Equal(t, http.StatusOK, status)
	uses := func(token string) int {
		status, _ := root.p.send(t, "GET", "/user/", "", map[string]string{"Authorization": "Bearer " + token})
		return status
	}
	require.Equal(t, http.StatusOK, uses(token))
	for _, to := range []string{there, here} { // for good, also when the user comes back
		root.may(http.StatusOK, "PATCH", user, `{"client_id":`+to+`}`, "")
		require.Equal(t, http.StatusUnauthorized, uses(token))
		status, _ = tokenOf(root, app.AppID, app.Secret)
		require.Equal(t, http.StatusUnauthorized, status)
	}
	secret := root.may(http.StatusOK, "POST", "/v1/applications/"+app.ID+"/secret", "", "app_secret")
	status, token = tokenOf(root, app.AppID, secret)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, http.StatusOK, uses(token))
	root.may(http.StatusOK, "POST", "/v1/applications/"+app.ID+"/secret", "", "app_secret")
	require.Equal(t, http.StatusUnauthorized, uses(token), "what the old secret got ends with it")
}

func narrowKeys(root asker, admin string) {
	other := root.makes(`{"email":"root2@example.org","super_admin":true}`)
	customer := root.makes(`{"email":"customer@example.org"}`)
	for _, bounds := range []string{`{"permissions":{"users":"write"}}`, `{"expires_at":"2999-01-01T00:00:00Z"}`,
		`{"allowed_ips":["127.0.0.1"]}`} {
		narrow := root.by(admin, bounds)
		for _, user := range []string{admin, other} {
			narrow.mayNot(http.StatusForbidden, "not_allowed", "PATCH", user, `{"password":"a new secret"}`)
			narrow.mayNot(http.StatusForbidden, "not_allowed", "PATCH", user, `{"email":"mine@example.net"}`)
		}
		status, body := narrow.ask("POST", other+"/api-keys", `{}`)
		// who only writes sees nobody
		require.Contains(root.t, []int{http.StatusForbidden, http.StatusNotFound}, status, body)
		narrow.mayNot(http.StatusForbidden, "not_allowed", "POST", "/v1/users",
			`{"email":"root3@example.org","super_admin":true}`)
		narrow.mayNot(http.StatusForbidden, "not_allowed", "PATCH", customer, `{"super_admin":true}`)
		narrow.mayNot(http.StatusForbidden, "not_allowed", "POST", "/v1/webhooks", `{"url":"https://example.net/"}`)
		status, body = narrow.ask("PATCH", customer, `{"password":"a new secret"}`)
		require.Contains(root.t, []int{http.StatusOK, http.StatusNoContent}, status, body)
	}
	panel := root.by(admin, `{"kind":"pterodactyl","permissions":{"users":"write"}}`)
	panel.may(http.StatusCreated, "POST", "/api/application/users",
		// as its contract has it
		`{"email":"root4@example.org","username":"root4","first_name":"R","last_name":"T","root_admin":true}`, "")
}

func childrenCount(root asker, _ string) {
	parent := func(name, of string) string {
		return root.makes(`{"email":"` + name + `@example.org","parent":"` + strings.TrimPrefix(of, "/v1/users/") +
			`"}`)
	}
	top := root.makes(`{"email":"top@example.org"}`)
	selling := root.by(top, `{"permissions":{"users":"write"}}`)
	middle := parent("middle", top)
	parent("leaf", middle)
	selling.mayNot(http.StatusForbidden, "not_allowed", "PATCH", middle, `{"password":"a new secret"}`)
	selling.mayNot(http.StatusForbidden, "not_allowed", "PATCH", middle, `{"email":"mine2@example.net"}`)
	selling.mayNot(http.StatusForbidden, "not_allowed", "DELETE", middle, ``)
	root.may(http.StatusNoContent, "DELETE", middle, "", "")
	selling.mayNot(http.StatusNotFound, "user_not_found", "POST", middle+"/erase", ``)
}

func readersDoNotWrite(root asker, admin string) {
	root.may(http.StatusCreated, "POST", "/v1/subscriptions", `{"name":"ours"}`, "")
	for _, p := range []string{`{"audit":"read","users":"none"}`, `{"users":"read","audit":"none"}`} {
		reader := root.by(admin, `{"permissions":`+p+`}`)
		for _, call := range [][3]string{{"POST", "/v1/subscriptions", `{"name":"theirs"}`},
			{"DELETE", "/v1/subscriptions/ours", ""}, {"POST", "/v1/subscriptions/ours/secret", ""}} {
			reader.mayNot(http.StatusForbidden, "not_allowed", call[0], call[1], call[2])
		}
	}
	plain := root.by(root.makes(`{"email":"plain@example.org"}`), `{"permissions":{"audit":"read"}}`)
	plain.mayNot(http.StatusForbidden, "not_allowed", "GET", "/v1/audit/records?keys=true", "")
	_, records := root.ask("GET", "/v1/audit/records", "")
	require.Contains(root.t, records, "SubscriptionCreated", "it is in the log")
}

func nobodyAttests(root asker, admin string) {
	for _, what := range []string{"email_verified", "phone_verified"} {
		root.mayNot(http.StatusForbidden, "not_allowed", "PATCH", admin, `{"profile":{"`+what+`":true}}`)
		customer := root.makes(`{"email":"` + what + `@example.org"}`)
		root.may(http.StatusOK, "PATCH", customer, `{"profile":{"`+what+`":true}}`, "")
		root.may(http.StatusOK, "PATCH", customer, `{"email":"new-`+what+`@example.org","phone":"+420123"}`, "")
		_, now := root.ask("GET", customer, "")
		require.Contains(root.t, now, `"`+what+`":false`, "of the address before")
	}
}

func replaysEnd(root asker, _ string) {
	t := root.t
	boss := root.makes(`{"email":"boss2@example.org","super_admin":true}`)
	bossKey := root.by(boss, `{}`)
	person := `{"email":"grace@example.org","first_name":"Grace"}`
	status, first := bossKey.ask("POST", "/v1/users", person, "Idempotency-Key", "made")
	require.Equal(t, http.StatusCreated, status)
	status, again := bossKey.ask("POST", "/v1/users", person, "Idempotency-Key", "made")
	require.Equal(t, http.StatusCreated, status)
	require.Equal(t, first, again)
	var made struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(first), &made))
	grace := "/v1/users/" + made.ID
	status, _ = bossKey.ask("POST", grace+"/api-keys", `{}`, "Idempotency-Key", "key")
	require.Equal(t, http.StatusCreated, status)
	root.may(http.StatusNoContent, "POST", grace+"/erase", "", "")
	bossKey.mayNot(http.StatusNotFound, "user_not_found", "POST", "/v1/users", person, "Idempotency-Key", "made")
	bossKey.mayNot(http.StatusNotFound, "user_not_found", "POST", grace+"/api-keys", `{}`, "Idempotency-Key", "key")

	status, _ = bossKey.ask("POST", "/v1/users", `{"email":"ida@example.org"}`, "Idempotency-Key", "ida")
	require.Equal(t, http.StatusCreated, status)
	root.may(http.StatusOK, "PATCH", boss, `{"super_admin":false}`, "")
	bossKey.mayNot(http.StatusForbidden, "not_allowed", "POST", "/v1/users", `{"email":"ida@example.org"}`,
		"Idempotency-Key", "ida")
}

func sessionsEnd(root asker, _ string) {
	t := root.t
	user := root.makes(`{"email":"eve@example.org","username":"eve","password":"correct horse"}`)
	stranger := root.by(root.makes(`{"email":"stranger@example.org"}`), `{}`)
	logIn := func() asker {
		return asker{t, root.p, root.may(http.StatusCreated, "POST", "/v1/sessions",
			`{"username":"eve","password":"correct horse"}`, "token")}
	}
	one, two, three := logIn(), logIn(), logIn()
	id := one.may(http.StatusOK, "GET", "/v1/sessions/current", "", "id")
	_, list := root.ask("GET", user+"/sessions", "")
	require.Equal(t, 3, strings.Count(list, `"authenticated_at"`), list)
	stranger.mayNot(http.StatusNotFound, "user_not_found", "GET", user+"/sessions", "")
	stranger.mayNot(http.StatusNotFound, "user_not_found", "DELETE", user+"/sessions", "")
	root.may(http.StatusNoContent, "DELETE", user+"/sessions/"+id, "", "")
	for s, status := range map[asker]int{one: http.StatusUnauthorized, two: http.StatusOK, three: http.StatusOK} {
		s.may(status, "GET", "/v1/sessions/current", "", "")
	}
	two.may(http.StatusNoContent, "DELETE", user+"/sessions?keep=current", "", "")
	two.may(http.StatusOK, "GET", "/v1/sessions/current", "", "")
	three.may(http.StatusUnauthorized, "GET", "/v1/sessions/current", "", "")
	root.may(http.StatusNoContent, "DELETE", user+"/sessions", "", "")
	two.may(http.StatusUnauthorized, "GET", "/v1/sessions/current", "", "")
	four := logIn()
	root.may(http.StatusOK, "PATCH", user, `{"active":false}`, "")
	root.may(http.StatusOK, "PATCH", user, `{"active":true}`, "")
	four.may(http.StatusUnauthorized, "GET", "/v1/sessions/current", "", "")
	logIn().may(http.StatusOK, "GET", "/v1/sessions/current", "", "")
	_, history := root.ask("GET", user+"/history?limit=100", "")
	require.Contains(t, history, "SessionEnded")
	require.Contains(t, history, "SessionsEnded")
}

// strangersLeave: what a reseller knows of an account does not become a super admin's.
func strangersLeave(root asker, _ string) {
	t := root.t
	dealer := root.makes(`{"email":"dealer@example.org"}`)
	selling := root.by(dealer, `{"permissions":{"users":"write"}}`)
	user := selling.makes(`{"email":"rising@example.org","username":"rising","password":"known to others"}`)
	logIn := func(password string, status int) asker {
		body := `{"username":"rising","password":"` + password + `"}`
		return asker{t, root.p, root.may(status, "POST", "/v1/sessions", body, "token")}
	}
	known := logIn("known to others", http.StatusCreated)
	planted, another := selling.by(user, `{}`), known.by(user, `{}`)
	ours := root.by(user, `{}`)
	root.may(http.StatusOK, "PATCH", user, `{"super_admin":true}`, "")
	for _, gone := range []asker{known, planted, another} {
		gone.may(http.StatusUnauthorized, "GET", "/v1/users?limit=1", "", "")
	}
	logIn("known to others", http.StatusUnauthorized)
	ours.may(http.StatusOK, "GET", "/v1/users?limit=1", "", "")
	root.may(http.StatusOK, "PATCH", user, `{"password":"known to few"}`, "")
	logIn("known to few", http.StatusCreated)

	sold := selling.makes(`{"email":"sold@example.org"}`)
	kept, own := selling.by(sold, `{}`), root.by(sold, `{}`)
	kept.may(http.StatusOK, "GET", sold, "", "")
	buyer := root.makes(`{"email":"buyer@example.org"}`)
	root.may(http.StatusOK, "PATCH", sold, `{"parent":"`+strings.TrimPrefix(buyer, "/v1/users/")+`"}`, "")
	kept.may(http.StatusUnauthorized, "GET", sold, "", "")
	own.may(http.StatusOK, "GET", sold, "", "")
	_, history := root.ask("GET", sold+"/history?limit=100", "")
	require.Contains(t, history, "EmailUnattested")
}

func namesOfOthers(root asker, _ string) {
	root.makes(`{"email":"alice@example.org","username":"alice"}`)
	for name, reason := range map[string]string{
		"a?b": "username_invalid", "a#b": "username_invalid", "a%2fb": "username_invalid",
		"аdmin": "username_lookalike", "admın": "username_lookalike", "..": "username_invalid",
		"a/b":   "username_invalid",
		"aliϲe": "username_lookalike", "profile": "username_invalid", "alice@example.org": "username_taken",
		"carol@example.org": "username_not_own_email",
	} {
		_, body := root.ask("POST", "/v1/users", `{"email":"other@example.org","username":"`+name+`"}`)
		require.Contains(root.t, body, `"code":"`+reason+`"`, name)
	}
	root.mayNot(http.StatusBadRequest, "password_too_short", "POST", "/v1/users",
		`{"email":"other@example.org","password":"secret7"}`)
}

func badTokens(root asker, _ string) {
	for n := range 300 {
		status, _ := asker{root.t, root.p, fmt.Sprint("acct_", n)}.ask("GET", "/v1/users", "", "Min-Account-Sequence",
			"999999999")
		require.Contains(root.t, []int{http.StatusUnauthorized, http.StatusTooManyRequests}, status,
			"nothing of the log's position")
	}
	root.may(http.StatusOK, "GET", "/v1/users?limit=1", "", "")
}
