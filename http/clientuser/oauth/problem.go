package oauth

import (
	"errors"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// The error codes of RFC 6749.
const (
	codeInvalidRequest     = "invalid_request"
	codeInvalidClient      = "invalid_client"
	codeInvalidGrant       = "invalid_grant"
	codeUnauthorizedClient = "unauthorized_client"
	codeUnsupportedGrant   = "unsupported_grant_type"
	codeUnsupportedType    = "unsupported_response_type"
	codeAccessDenied       = "access_denied"
)

// failure is an error that RFC 6749 has a code for.
type failure struct {
	status      int
	code        string
	description string // a sentence for people, without secrets, in ASCII
}

func (f failure) Error() string { return f.code + ": " + f.description }

func invalidRequest(description string) error {
	return failure{http.StatusBadRequest, codeInvalidRequest, description}
}

// invalidGrant is 401 here, by which clients know that they must have the user log in anew.
func invalidGrant(description string) error {
	return failure{http.StatusUnauthorized, codeInvalidGrant, description}
}

// problem writes the token endpoint's answer to a request that failed.
func (s *Server) problem(w http.ResponseWriter, r *http.Request, err error) {
	var f failure
	var refusal *commands.Refusal
	switch {
	case errors.As(err, &f):
	case errors.As(err, &refusal) && refusal.Kind == commands.Forbidden:
		f = failure{http.StatusUnauthorized, codeInvalidGrant, refusal.Detail}
	case rest.FaultOf(err).Reason == "password_invalid":
		f = failure{http.StatusUnauthorized, codeInvalidGrant, "Name or password is wrong."}
	default:
		s.opts.Problem(w, r, err)
		return
	}
	if f.code == codeInvalidClient && r.Header.Get("Authorization") != "" {
		w.Header().Set("WWW-Authenticate", `Basic realm="oauth"`)
	}
	j := rest.NewJSON(128).Open('{').Key("error").String(f.code).
		Key("error_description").String(f.description).Close('}')
	defer j.Free()
	rest.WriteJSON(w, f.status, rest.ASCII(j.Bytes()))
}

// pageProblem answers a request for a page that failed with a page.
func (s *Server) pageProblem(w http.ResponseWriter, r *http.Request, err error) {
	var method rest.MethodError
	var f failure
	switch {
	case errors.As(err, &method):
		s.opts.Problem(w, r, err)
	case errors.As(err, &f):
		s.pages.Problem(w, r, rest.BadRequest(f.code, "", "%s", f.description))
	default:
		s.pages.Problem(w, r, err)
	}
}
