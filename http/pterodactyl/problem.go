package pterodactyl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"accountd/commands"
	"accountd/http/rest"
)

// failure is an answer that is not what was asked for, in the panel's words.
type failure struct {
	status  int
	compact bool // otherwise it is printed over several lines
	errors  []wireError
}

func (f failure) Error() string { return f.errors[0].code + ": " + f.errors[0].detail }

// wireError is one entry of an answer's errors; field and rule only where a value breaks a rule.
type wireError struct{ code, detail, field, rule string }

func single(status int, compact bool, code, detail string) failure {
	return failure{status: status, compact: compact, errors: []wireError{{code: code, detail: detail}}}
}

// The panel's names for what went wrong.
const (
	codeAuthentication = "AuthenticationException"
	codeAccessDenied   = "AccessDeniedHttpException"
	codeBadRequest     = "BadRequestHttpException"
	codeDisplay        = "DisplayException"
	codeNotFound       = "NotFoundHttpException"
	codeMethod         = "MethodNotAllowedHttpException"
	codeTooLarge       = "PostTooLargeException"
	codeValidation     = "ValidationException"
	codeThrottle       = "ThrottleRequestsException"
	codeUnavailable    = "ServiceUnavailableHttpException"
	codeInternal       = "Exception"
	codeFilter         = "InvalidFilterQuery"
	codeSort           = "InvalidSortQuery"
)

func unauthenticated() error {
	return single(http.StatusUnauthorized, true, codeAuthentication, "Unauthenticated.")
}

func forbidden(detail string) error {
	return single(http.StatusForbidden, false, codeAccessDenied, detail)
}

func unauthorizedAction() error { return forbidden("This action is unauthorized.") }

func addressForbidden(address string) error {
	return forbidden("This IP address (" + address +
		") does not have permission to access the API using these credentials.")
}

func badRequest(code, detail string) error { return single(http.StatusBadRequest, false, code, detail) }

func malformed(parser string) error {
	return badRequest(codeBadRequest, "The JSON data passed in the request appears to be malformed: "+parser)
}

func notFound() error {
	return single(http.StatusNotFound, false, codeNotFound, "The requested resource could not be found on the server.")
}

func tooManyAttempts() error {
	return single(http.StatusTooManyRequests, false, codeThrottle, "Too Many Attempts.")
}

func invalid(errors []wireError) error {
	return failure{status: http.StatusUnprocessableEntity, compact: true, errors: errors}
}

const (
	hasServers = "Cannot delete a user with active servers attached to their account. Please delete their servers " +
		"before continuing."
	unexpected = "An unexpected error was encountered while processing this request, please try again."
)

// Problem answers a request that failed, in the shape of this dialect:
//
//	{"errors":[{"code":"…","status":"404","detail":"…"}]}
//
// with meta.source_field and meta.rule in each entry when values break rules.
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	fault := rest.FaultOf(err)
	fault.Allow = inPanelOrder(fault.Allow)
	var f failure
	if !errors.As(err, &f) {
		f = failureOf(r, err, fault)
	}
	fault.Status = f.status
	fault.Head(w, r, err)
	setHeaders(w)
	w.Header().Set("Content-Type", "application/json")
	rest.WriteJSON(w, f.status, f.body())
}

// failureOf says in the panel's words what went wrong elsewhere.
func failureOf(r *http.Request, err error, fault rest.Fault) failure {
	path := strings.Trim(r.URL.EscapedPath(), "/")
	var refusal *commands.Refusal
	switch {
	case errors.Is(err, rest.ErrNoRoute):
		return single(http.StatusNotFound, false, codeNotFound, "The route "+path+" could not be found.")
	case fault.Status == http.StatusMethodNotAllowed:
		return single(fault.Status, false, codeMethod,
			fmt.Sprintf("The %s method is not supported for route %s. Supported methods: %s.",
				r.Method, path, strings.Join(fault.Allow, ", ")))
	case wireField(fault.Field) != "":
		return invalidField(fault, errors.As(err, &refusal) && refusal.Kind == commands.Taken)
	case errors.As(err, &refusal):
		return refused(refusal, fault)
	}
	return otherFailure(fault)
}

func refused(refusal *commands.Refusal, fault rest.Fault) failure {
	switch refusal.Kind {
	case commands.Forbidden:
		return single(http.StatusForbidden, false, codeAccessDenied, "This action is unauthorized.")
	case commands.NotFound:
		return single(http.StatusNotFound, false, codeNotFound,
			"The requested resource could not be found on the server.")
	case commands.Busy, commands.Throttled:
		return otherFailure(fault)
	}
	detail := refusal.Detail
	if refusal.Reason == "has_resources" {
		detail = hasServers
	}
	return single(http.StatusBadRequest, true, codeDisplay, detail)
}

func otherFailure(fault rest.Fault) failure {
	switch fault.Status {
	case http.StatusBadRequest, http.StatusRequestTimeout:
		return single(fault.Status, false, codeBadRequest, fault.Detail)
	case http.StatusRequestEntityTooLarge:
		return single(fault.Status, false, codeTooLarge, fault.Detail)
	case http.StatusTooManyRequests:
		return single(fault.Status, false, codeThrottle, "Too Many Attempts.")
	case http.StatusServiceUnavailable:
		return single(fault.Status, false, codeUnavailable, fault.Detail)
	}
	return single(http.StatusInternalServerError, false, codeInternal, unexpected)
}

// invalidField says of a value that the domain refuses what the panel would have said.
func invalidField(fault rest.Fault, taken bool) failure {
	e := wireError{code: codeValidation, detail: fault.Detail, field: wireField(fault.Field), rule: "string"}
	switch {
	case taken:
		e.detail, e.rule = uniqueText(e.field), "unique"
	case fault.Reason == "email_invalid":
		e.detail, e.rule = emailText, "email"
	case fault.Reason == "password_invalid":
		e.detail, e.rule = passwordText, "max"
	}
	return failure{status: http.StatusUnprocessableEntity, compact: true, errors: []wireError{e}}
}

// body returns the answer in the panel's form.
func (f failure) body() []byte {
	j := rest.NewJSON(256).Open('{').Key("errors").Open('[')
	for _, e := range f.errors {
		j.Open('{').Key("code").String(e.code).Key("status").String(strconv.Itoa(f.status)).
			Key("detail").String(e.detail)
		if e.field != "" {
			j.Key("meta").Open('{').Key("source_field").String(e.field).Key("rule").String(e.rule).Close('}')
		}
		j.Close('}')
	}
	j.Close(']').Close('}')
	if f.compact {
		return j.Bytes()
	}
	var printed bytes.Buffer
	_ = json.Indent(&printed, j.Bytes(), "", "    ") // it is JSON
	return printed.Bytes()
}
