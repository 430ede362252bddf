package danube

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/login"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/events/session"
	"accountd/http/rest"
)

// logIn gives the user who knows the password a token, and ends the one before.
func (x *exchange) logIn() error {
	a, err := x.readLogIn()
	if err != nil {
		return err
	}
	u, err := x.api.LogIn(x.r, a)
	if err != nil {
		return refusedLogIn(err)
	}
	if !u.APIAccess {
		return logInError{noAPIAccess + "."}
	}
	token, hash := secrets.DanubeToken()
	now := x.api.now()
	of, err := x.api.NewSession(x.r, u, uuid.New(), commands.SessionDanube)
	if err != nil {
		return err
	}
	of.SecondFactor, of.Ends = u.NeedsCode(), now.Add(tokenTime)
	t := session.Token{Kind: tokenKind, User: u.ID, Session: of, Since: u.LogInSince(), CreatedAt: now,
		ExpiresAt: now.Add(tokenTime + tokenGrace)}
	if err := x.api.tokens.PutOnly(x.ctx(), hash, t); err != nil {
		return err
	}
	x.enter(u, rest.SessionCredential(of.ID), events.Permissions{})
	return x.write(http.StatusOK, tokenAnswer{token, isoTime(now.Add(tokenTime)), "Welcome to Danube Cloud API."})
}

// logInError is what a log-in fails with, besides what fails any call: an answer without the headers of others.
type logInError struct{ detail any }

func (logInError) Error() string { return "the log-in failed" }

// readLogIn reads the body strictly, which no other call does. The name is a username, in exactly its form. The
// original knows no code.
func (x *exchange) readLogIn() (a login.Attempt, err error) {
	rest.Shorten(x.w, x.r)
	body, err := rest.ReadBody(x.w, x.r)
	if err != nil {
		return a, err
	}
	in := input{}
	if len(body) > 0 {
		kind := x.r.Header.Get("Content-Type")
		if !claimsJSON(kind) {
			return a, detailed{http.StatusUnsupportedMediaType, `Unsupported media type "` + kind + `" in request.`}
		}
		v, err := parseJSON(body)
		if err != nil {
			return a, logInError{errNoJSON.text}
		}
		if in, err = membersOf(v, http.MethodPut); err != nil {
			return a, asLogInError(err)
		}
	}
	f := &form{in: in, isNew: true}
	asSent := textRules{required: true, raw: true}
	username, secret := f.text("username", "", asSent), f.text("password", "", asSent)
	if err := f.failed(); err != nil {
		return a, asLogInError(err)
	}
	return login.Attempt{Name: *username, Exact: true, Password: *secret, Code: codeIn(in["otp"]), At: x.api.now(),
		Unbounded: x.api.limits == nil}, nil
}

// codeIn returns a code, which es sends as a number.
func codeIn(v any) string {
	const digits = 6
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return strings.Repeat("0", max(0, digits-len(v))) + v.String()
	}
	return ""
}

func asLogInError(err error) error {
	var wrong invalid
	if errors.As(err, &wrong) {
		return logInError{object(wrong)}
	}
	return err
}

func refusedLogIn(err error) error {
	const wrong = "Unable to log in with provided credentials."
	var refusal *commands.Refusal
	switch {
	case errors.Is(err, password.ErrTooLong):
		return logInError{wrong}
	case errors.As(err, &refusal) && refusal.Kind == commands.Throttled:
		return throttled{refusal.RetryAfter}
	case refusal == nil || refusal.Kind != commands.Forbidden:
		return err
	case strings.HasSuffix(refusal.Reason, "inactive"):
		return logInError{"User account is disabled."}
	}
	return logInError{wrong}
}

// logOut ends the token that the request was made with. An API key stays.
func (x *exchange) logOut() error {
	if token, err := tokenIn(x.r.Header.Get("Authorization")); err == nil && token != "" && !x.byKey {
		if err := x.api.tokens.Delete(x.ctx(), tokenKind, secrets.Hash(token)); err != nil {
			return err
		}
	}
	return x.write(http.StatusOK, detailAnswer{"Bye."})
}

func (x *exchange) ping() error { return x.write(http.StatusOK, "pong") }
