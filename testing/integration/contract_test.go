package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/testing/contract"
)

// How many requests are made up for each operation.
const (
	allowedRequests = 12
	spoiledRequests = 24
)

// TestContract holds the running service to its own OpenAPI document: what the document allows is not refused for its
// shape, what it does not allow never makes the service fail, and every answer is as described.
func TestContract(t *testing.T) {
	p := run(t, t.TempDir(), "--rate-limits=off", "--sync=interval")
	status, text := p.native(t, http.MethodGet, "/openapi.json", "")
	require.Equal(t, http.StatusOK, status)
	c, err := contract.New(json.RawMessage(text))
	require.NoError(t, err)
	h := &holder{t: t, p: p, contract: c, token: p.tenantToken(t), client: "1"}
	for i, o := range c.Operations() {
		t.Run(o.Dialect+" "+o.Method+" "+o.Path, func(t *testing.T) {
			h := h.in(t)
			for n := range allowedRequests {
				h.allowed(o, o.Allowed(h.known(o)).Example(1000*i+n))
			}
			for n := range spoiledRequests {
				h.spoiled(o, o.Spoiled(h.known(o)).Example(1000*i+500+n))
			}
			h.stranger(o, o.Allowed(h.known(o)).Example(1000*i+999))
		})
	}
}

// holder holds a service to a contract.
type holder struct {
	t        *testing.T
	p        *process
	contract *contract.Contract
	token    string // of the client-user API
	client   string // of which the token's user is a member
	made     int    // how many things there are to be known
}

func (h *holder) in(t *testing.T) *holder {
	inner := *h
	inner.t = t
	return &inner
}

// allowed sends a request that the document allows.
func (h *holder) allowed(o contract.Operation, r contract.Request) {
	status, body := h.send(o, r, true)
	refused := status == http.StatusBadRequest || status == http.StatusUnsupportedMediaType ||
		status == http.StatusUnprocessableEntity ||
		status == http.StatusMethodNotAllowed || status == http.StatusUnauthorized
	assert.False(h.t, refused && !aboutWhatThereIs(o, body), "allowed, but refused with %d %s\n%s", status, body, r)
}

// spoiled sends a request with something wrong in it.
func (h *holder) spoiled(o contract.Operation, r contract.Request) { h.send(o, r, true) }

// stranger sends a request of nobody.
func (h *holder) stranger(o contract.Operation, r contract.Request) {
	status, body := h.send(o, r, false)
	if o.Open() {
		assert.NotEqual(h.t, http.StatusForbidden, status, "%s", body)
		return
	}
	assert.Contains(h.t, []int{http.StatusUnauthorized, http.StatusForbidden}, status, "answered to nobody: %s\n%s",
		body, r)
}

// send sends the request, and compares the exchange with the document.
func (h *holder) send(o contract.Operation, r contract.Request, authorized bool) (status int, body string) {
	q, err := http.NewRequest(r.Method, h.p.admin.BaseURL+r.Target(), strings.NewReader(r.Body))
	require.NoError(h.t, err, "%s", r)
	q.Header = r.Header.Clone()
	if authorized {
		h.authorize(o, r, q)
	}
	answer, err := http.DefaultClient.Do(q)
	require.NoError(h.t, err, "%s", r)
	defer func() { _ = answer.Body.Close() }()
	got, err := io.ReadAll(answer.Body)
	require.NoError(h.t, err, "%s", r)
	if answer.Request.URL.String() != q.URL.String() {
		return answer.StatusCode, string(got) // a redirect led elsewhere
	}
	assert.Less(h.t, answer.StatusCode, 500, "%s\n%s", r, got)
	x := contract.Exchange{Request: q, Sent: []byte(r.Body), Status: answer.StatusCode, Header: answer.Header, Got: got}
	rules := contract.Rules{Lenient: o.Dialect != "native" && o.Dialect != "events",
		Bare: []string{"Resource not found"}, Partial: "fields"}
	assert.NoError(h.t, h.contract.Check(x, rules), "with %q wrong:\n%s\n%d %s", r.About, r, answer.StatusCode, got)
	return answer.StatusCode, string(got)
}

// authorize lets the request be the administrator's, in the way of its dialect.
func (h *holder) authorize(o contract.Operation, r contract.Request, q *http.Request) {
	switch o.Dialect {
	case "e24":
		for name, value := range h.p.signed(r.Method, r.Target(), r.Body) {
			q.Header.Set(name, value)
		}
	case "danube":
		q.Header.Set("ES-API-KEY", h.p.admin.Danube)
	case "pterodactyl":
		q.Header.Set("Authorization", "Bearer "+h.p.admin.Panel)
	case "clientuser":
		if !o.Open() {
			q.Header.Set("Authorization", "Bearer "+h.token)
		}
	default:
		q.Header.Set("Authorization", "Bearer "+h.p.admin.Token)
	}
}

// tenantToken returns a token of the client-user API.
func (p *process) tenantToken(t *testing.T) string {
	t.Helper()
	answer, err := http.PostForm(p.admin.BaseURL+"/oauth/token", url.Values{"grant_type": {"client_credentials"},
		"client_id": {p.admin.AppID}, "client_secret": {p.admin.AppSecret}})
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var token struct {
		Access string `json:"access_token"`
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&token))
	require.NotEmpty(t, token.Access)
	return token.Access
}

// aboutWhatThereIs reports whether a refusal is not about the request's shape but about what it names: no schema says
// what there is, what a path can hold, and whose address a username is.
func aboutWhatThereIs(o contract.Operation, body string) bool {
	var said []string
	switch o.Dialect {
	case "events": // nor does one say that parameters go together, or do not
		said = []string{`"code":"size_invalid"`, `"code":"parameter_missing"`,
			`"detail":"Of user and aggregate there may be one."`}
		if strings.HasSuffix(o.Path, "/proof") {
			said = append(said, `"code":"parameter_unknown"`)
		}
	case "danube":
		said = []string{"Unable to log in with provided credentials.", "does not exist.",
			"You have to specify to which datacenter", "already", "he has relations", `"username":["Invalid value."]`}
	case "e24":
		said = []string{`"code":"nothing_to_change"`} // where all members are null
	case "pterodactyl":
		said = []string{`"rule":"unique"`}
	case "clientuser":
		said = []string{`"error":"invalid_client"`, `"error":"invalid_grant"`, "This username cannot be used."}
	case "native":
		said = []string{`"code":"user_not_found"`, `"code":"group_not_found"`, `"code":"datacenter_not_found"`,
			`"code":"client_not_found"`,
			`"code":"user_invalid"`, `"code":"group_elsewhere"`, `"code":"super_admin_bound"`,
			`"code":"access_invalid"`, `"code":"moment_invalid"`, `"code":"bad_credentials"`,
			`"code":"cursor_invalid"`, `"code":"offset_and_cursor"`,
			`"code":"name_invalid"`, `"code":"username_invalid"`, `"code":"username_not_own_email"`,
			`"code":"parent_invalid"`}
	}
	return slices.ContainsFunc(said, func(code string) bool { return strings.Contains(body, code) })
}

// known makes a user with everything that belongs to one, and one thing of every other kind, and returns how they are
// named in the operation's API.
func (h *holder) known(o contract.Operation) contract.Known {
	h.made++
	name := fmt.Sprintf("%s-%d", strings.Trim(regexp.MustCompile(`[^a-z]+`).ReplaceAllString(strings.ToLower(o.Method+
		o.Path), "-"), "-"), h.made)
	u := h.make("/v1/users", `{"username":"`+name+`","email":"`+name+`@example.net","external_id":"`+name+
		`","client_id":`+h.client+`,"access":"full"}`)
	id, number := u["id"].(string), text(u["number"])
	if o.Dialect == "events" {
		// to follow never ends
		return contract.Known{"follow": {"false"}, "since": {"1", "2020-01-02T12:00:00Z"}, "user": {id}}
	}
	if o.Dialect != "native" {
		return contract.Known{"id": {number}, "user": {number}, "username": {name}, "client": {"@me", h.client},
			"external": {name}, "title": {"laptop"}}
	}
	user, named := "/v1/users/"+id, `{"name":"`+name+`"}`
	// what is still to come would be waited for
	return contract.Known{"Min-Account-Sequence": {"1"}, "If-Match": {`"1"`, "*"},
		"id": {id}, "#user": {h.p.admin.UserID}, "#users": {id}, "client": {text(h.make("/v1/clients", named)["id"])},
		"#client_id": {h.client},
		"datacenter": {text(h.make("/v1/datacenters", named)["id"])},
		"group":      {text(h.make("/v1/groups", named)["id"])},
		"number":     {text(h.make(user+"/ssh-keys", `{"title":"laptop","key":"`+publicKey+`"}`)["number"])},
		"key":        {text(h.make(user+"/api-keys", `{}`)["id"]), text(h.make(user+"/signing-keys", `{}`)["id"])},
		"kind":       {"domain"}, "resource": {text(h.make(user+"/resources",
			`{"kind":"domain","id":"example.org"}`)["id"])}}
}

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN"

// text returns a text or a whole number as a text.
func text(value any) string {
	if n, ok := value.(float64); ok {
		return strconv.Itoa(int(n))
	}
	return value.(string)
}

// make makes something in the native API.
func (h *holder) make(path, body string) (made map[string]any) {
	h.t.Helper()
	status, text := h.p.native(h.t, http.MethodPost, path, body)
	require.Equal(h.t, http.StatusCreated, status, text)
	require.NoError(h.t, json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&made))
	return made
}
