package e24

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// call is a request whose signature holds.
type call struct {
	actor  commands.Actor
	user   *commands.User  // whose key signed
	states commands.States // against which the signature was checked
	body   []byte
}

// signed lets only requests through that an active user's key has signed.
func (a api) signed(h func(w http.ResponseWriter, r *http.Request, c call) error) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.authenticate(w, r)
		if err != nil {
			return err
		}
		return h(w, r, c)
	}
}

func (a api) authenticate(w http.ResponseWriter, r *http.Request) (call, error) {
	claimed, err := a.claimOf(r.Header)
	if err != nil {
		return call{}, err
	}
	if err := a.known(r, claimed); err != nil {
		return call{}, err
	}
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return call{}, err
	}
	if len(body) > 0 && r.Header.Get("Content-Type") == "" {
		return call{}, unauthorized("content_type_missing", "The header Content-Type is missing.")
	}
	return a.verify(r, claimed, body)
}

// known refuses a key that there is not, before the body is read: what nobody has signed must not hold memory.
func (a api) known(r *http.Request, claimed claim) error {
	snapshot := a.Snapshot()
	if snapshot == nil {
		return notReady()
	}
	key, known := keyOf(snapshot.UserBySigningKey(claimed.key), claimed.key)
	if a.holds(r, claimed, key.Secret, nil); !known { // which is worked out so that it takes as long for any key
		return unauthorized("signature_invalid", signatureInvalid)
	}
	return nil
}

const signatureInvalid = "The API key is unknown, or the signature is not that of this request."

func notReady() error {
	return &commands.Refusal{Kind: commands.Busy, Reason: "not_ready", Detail: "The service is still reading its log."}
}

// verify finds out who has signed, and whether they may call at all.
func (a api) verify(r *http.Request, claimed claim, body []byte) (call, error) {
	snapshot := a.Snapshot()
	if snapshot == nil {
		return call{}, notReady()
	}
	user := snapshot.UserBySigningKey(claimed.key)
	key, known := keyOf(user, claimed.key)
	if holds := a.holds(r, claimed, key.Secret, body); !holds || !known {
		return call{}, unauthorized("signature_invalid", signatureInvalid)
	}
	actor := commands.Actor{User: user.ID, Credential: "signing-key:" + key.ID,
		Permissions: commands.Granted(key.Permissions)}
	a.Used(actor.Credential, a.now())
	c := call{actor: rest.Identify(r, actor), user: user, states: asked{snapshot, user}, body: body}
	return c, mayEnter(user)
}

// keyOf returns the user's signing key, or a key that nobody has, so that a call with an unknown one takes as long.
func keyOf(u *commands.User, id string) (commands.SigningKey, bool) {
	if u != nil {
		return u.SigningKey(id)
	}
	return commands.SigningKey{SigningKey: events.SigningKey{Secret: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123"}}, false
}

// holds reports whether the signature is that of the request under any name by which the client may know the service.
func (a api) holds(r *http.Request, claimed claim, secret events.Secret, body []byte) bool {
	asSent := target(r)
	for _, host := range append(addForms(nil, r.Host), a.names...) {
		if hmac.Equal(claimed.mac, signature(secret.Reveal(), r.Method, host, claimed.date, asSent, body)) {
			return true
		}
	}
	return false
}

func mayEnter(u *commands.User) error {
	switch {
	case u.State == commands.StateCreating:
		return forbidden("account_creating", "The account is still being created.")
	case u.State == commands.StateFailed:
		return forbidden("account_failed", "The account could not be created.")
	case !u.Usable():
		return forbidden("account_inactive", "The account is not active.")
	}
	return nil
}

// claim is what the headers of a request say about its signature.
type claim struct {
	key  string
	mac  []byte
	date string // X-Date as sent
}

// claimOf returns what the headers say, a 401 when it is not complete or the date is not about now.
func (a api) claimOf(h http.Header) (claim, error) {
	authorization := h.Get("Authorization")
	if authorization == "" {
		return claim{}, unauthorized("authorization_missing", "The header Authorization is missing.")
	}
	key, mac, ok := parseAuthorization(authorization)
	if !ok {
		return claim{}, unauthorized("authorization_invalid",
			"The header Authorization is not API key, colon, and 44 characters of base64 with the raw HMAC-SHA256.")
	}
	date := h.Get("X-Date")
	if date == "" {
		return claim{}, unauthorized("date_missing", "The header X-Date is missing.")
	}
	at, ok := parseDate(date)
	if !ok {
		return claim{}, unauthorized("date_invalid",
			"The header X-Date is not a date like Mon, 01 Jun 2026 10:00:00 GMT.")
	}
	if now := a.now(); at.Before(now.Add(-a.window)) || at.After(now.Add(a.window)) {
		return claim{}, unauthorized("date_outside_window",
			"The header X-Date is more than "+a.window.String()+" away from the service's clock.")
	}
	return claim{key: key, mac: mac, date: date}, nil
}

// parseAuthorization takes the header apart at its first colon.
func parseAuthorization(header string) (key string, mac []byte, ok bool) {
	key, encoded, _ := strings.Cut(header, ":")
	mac, err := base64.StdEncoding.Strict().DecodeString(encoded)
	const length = 44 // without line feeds, which the decoder would skip
	return key, mac, key != "" && err == nil && len(mac) == sha256.Size && len(encoded) == length
}

// signature returns the raw HMAC-SHA256 of the five signed parts, joined by line feeds.
func signature(secret, method, host, date, target string, body []byte) []byte {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + "\n" + host + "\n" + date + "\n" + target + "\n"))
	mac.Write(body)
	return mac.Sum(nil)
}

// target returns path and query as they stand on the request line, without the question mark of an empty query. A
// request line in absolute form has scheme and host before them, which are no part of it.
func target(r *http.Request) string {
	line := r.RequestURI
	if line == "" { // the request did not come over a wire
		line = r.URL.RequestURI()
	}
	if _, behind, ok := strings.Cut(line, "://"); ok && line[0] != '/' {
		line = behind[len(authority(behind)):]
	}
	if path, query, _ := strings.Cut(line, "?"); query == "" {
		return path
	}
	return line
}

// authority returns what stands before path and query.
func authority(s string) string {
	if i := strings.IndexAny(s, "/?"); i >= 0 {
		return s[:i]
	}
	return s
}

// addForms adds the forms in which a client may have signed a host: with and without its port, as sent and in lower
// case.
func addForms(forms []string, host string) []string {
	for _, form := range []string{host, strings.ToLower(host), withoutPort(host), strings.ToLower(withoutPort(host))} {
		if form != "" && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
}

// withoutPort cuts the port off; an IPv6 address keeps its brackets.
func withoutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		return host[:i]
	}
	return host
}

// asked are States that know without looking who asks. Rights depend on that user for every row of a list.
type asked struct {
	commands.States
	by *commands.User
}

func (s asked) User(id uuid.UUID) *commands.User {
	if id == s.by.ID {
		return s.by
	}
	return s.States.User(id)
}

func unauthorized(reason, detail string) error {
	return rest.RequestError{Status: http.StatusUnauthorized, Reason: reason, Detail: detail}
}

func forbidden(reason, detail string) error {
	return rest.RequestError{Status: http.StatusForbidden, Reason: reason, Detail: detail}
}
