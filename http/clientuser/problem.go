package clientuser

import (
	"errors"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// The values of the member status, by which clients tell the errors of one code apart.
const (
	statusAccessDenied    = "access_denied"
	statusUserBlocked     = "user_blocked"
	statusUserAccess      = "user_access_type_deny"
	statusApplication     = "app_access_type_deny"
	statusClientNotFound  = "client_not_found"
	statusLoginExists     = "login_exists"
	statusEmailExists     = "email_exists"
	statusLimitExceeded   = "rate_limit_exceeded"
	reasonTokenRequired   = "token_required"
	reasonTokenInvalid    = "token_invalid"
	reasonClientNotFound  = "client_not_found"
	reasonTooManyRequests = "too_many_requests"
)

func tooMany() error {
	return rest.RequestError{Status: http.StatusTooManyRequests, Reason: reasonTooManyRequests,
		Detail: "The requests of this hour are used up."}
}

func noSuchClient() error {
	return rest.RequestError{Status: http.StatusNotFound, Reason: reasonClientNotFound, Detail: "Client not found"}
}

func notFound() error {
	return rest.RequestError{Status: http.StatusNotFound, Reason: "not_found", Detail: "Not found"}
}

// Problem answers a request that failed: {"message"} and, where it tells more than the code, {"status"}.
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	if hasEnded(f) {
		f = rest.FaultOf(badToken())
	}
	if errors.Is(err, rest.ErrNoRoute) || isUserMissing(err) {
		f.Detail = "Not found"
	}
	code := f.Head(w, r, err)
	if code == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge(f.Reason))
	}
	j := rest.NewJSON(128).Open('{').Key("message").String(f.Detail)
	defer j.Free()
	if status := statusOf(f); status != "" {
		j.Key("status").String(status)
	}
	writeJSON(w, code, j.Close('}'))
}

// badToken says the same of every token that is none, or none any more.
func badToken() error {
	return rest.RequestError{Status: http.StatusUnauthorized, Reason: reasonTokenInvalid,
		Detail: "The token is unknown, has expired or was revoked"}
}

// hasEnded reports whether what the token stood for has ended after the request was let in.
func hasEnded(f rest.Fault) bool {
	return f.Reason == commands.ReasonGrantEnded || f.Reason == commands.ReasonSessionEnded
}

func isUserMissing(err error) bool {
	var refusal *commands.Refusal
	return errors.As(err, &refusal) && refusal.Kind == commands.NotFound
}

func challenge(reason string) string {
	if reason == reasonTokenInvalid {
		return `Bearer error="invalid_token"`
	}
	return "Bearer"
}

// statusOf returns the member status, empty for none.
func statusOf(f rest.Fault) string {
	switch {
	case f.Reason == reasonClientNotFound:
		return statusClientNotFound
	case f.Reason == "username_taken", f.Reason == "username_lookalike":
		return statusLoginExists
	case f.Reason == "email_taken", f.Reason == "email_lookalike":
		return statusEmailExists
	case f.Status == http.StatusTooManyRequests:
		return statusLimitExceeded
	case f.Status != http.StatusForbidden:
		return ""
	}
	switch f.Reason {
	case commands.ReasonInactive, commands.ReasonClientBlocked:
		return statusUserBlocked
	case commands.ReasonReadOnly:
		return statusUserAccess
	case commands.ReasonApplicationLimited:
		return statusApplication
	}
	return statusAccessDenied
}

// writeJSON answers with what was written.
func writeJSON(w http.ResponseWriter, code int, j *rest.JSON) {
	rest.WriteJSON(w, code, rest.ASCII(j.Bytes()))
}
