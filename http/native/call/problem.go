package call

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"accountd/http/rest"
)

// place says where in a request its Field stands.
type place string

const (
	inBody   place = "pointer"
	inQuery  place = "parameter"
	inHeader place = "header"
)

// requestError is a malformed request with the place that is to blame.
type requestError struct {
	rest.RequestError
	in place // Field is a JSON pointer in the body, or a name
}

// Unwrap gives the meaning to rest.FaultOf.
func (e requestError) Unwrap() error { return e.RequestError }

func malformed(in place, name, reason, detail string, args ...any) error {
	return requestError{in: in,
		RequestError: rest.RequestError{Status: http.StatusBadRequest, Reason: reason, Field: name,
			Detail: fmt.Sprintf(detail, args...)}}
}

// BadMember says what is wrong with the member of the body at that JSON pointer: 400.
func BadMember(pointer, reason, detail string, args ...any) error {
	return malformed(inBody, pointer, reason, detail, args...)
}

// BadParameter says what is wrong with a parameter of the query: 400.
func BadParameter(name, reason, detail string, args ...any) error {
	return malformed(inQuery, name, reason, detail, args...)
}

// BadHeader says what is wrong with a header: 400.
func BadHeader(name, reason, detail string, args ...any) error {
	return malformed(inHeader, name, reason, detail, args...)
}

// Pointer returns the JSON pointer, as a URI fragment, of the member of that path.
func Pointer(path ...string) string {
	var b strings.Builder
	b.WriteByte('#')
	for _, name := range path {
		b.WriteString("/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name)))
	}
	return b.String()
}

// WriteProblem writes the answer to a request that failed (RFC 9457).
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	status := f.Head(w, r, err)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge(f.Reason))
	}
	if status == http.StatusUnsupportedMediaType && r.Method == http.MethodPatch {
		w.Header().Set("Accept-Patch", TypeMergePatch+", "+TypeJSON)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	out := ProblemOf(err, f)
	out.Instance = instance(rest.InfoOf(r.Context()).ID)
	_ = rest.Write(w, status, out) // its members are texts, which cannot fail
}

// ProblemOf returns the problem that an error is answered with; see rest.FaultOf.
func ProblemOf(err error, f rest.Fault) Problem {
	return Problem{Type: "/problems/" + f.Reason, Title: rest.Title(f.Reason), Status: f.Status, Detail: f.Detail,
		Code:   f.Reason,
		Errors: blamed(err, f)}
}

func challenge(reason string) string {
	const scheme = `Bearer realm="accountd"`
	if reason == reasonBadToken {
		return scheme + `, error="invalid_token"`
	}
	return scheme
}

// instance returns the URN of a request id, empty when there is none.
func instance(id string) string {
	if _, err := uuid.Parse(id); err == nil && len(id) == 36 {
		return "urn:uuid:" + id
	}
	if id == "" {
		return ""
	}
	return "urn:accountd:request:" + url.PathEscape(id)
}

// blamed returns what in the request is to blame. Fields of refusals are members of the body.
func blamed(err error, f rest.Fault) []ProblemError {
	if f.Field == "" {
		return nil
	}
	out := ProblemError{Detail: f.Detail}
	var at requestError
	switch {
	case !errors.As(err, &at):
		out.Pointer = Pointer(strings.Split(f.Field, ".")...)
	case at.in == inBody:
		out.Pointer = at.Field
	case at.in == inQuery:
		out.Parameter = at.Field
	case at.in == inHeader:
		out.Header = at.Field
	}
	return []ProblemError{out}
}
