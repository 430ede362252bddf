package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events/eventlog"
	"accountd/events/session"
)

// ErrNoRoute is what a request for an unknown path fails with.
var ErrNoRoute = errors.New("no such path")

// MethodError is what a request fails with whose path exists but not for its method.
type MethodError struct{ Allow []string }

func (e MethodError) Error() string { return "method not allowed" }

// RequestError is what a malformed request fails with; it is shown to the caller.
type RequestError struct {
	Status int
	Reason string // stable snake_case
	Field  string // the wire's name of the field that is to blame, empty for none
	Detail string // a sentence for people, without secrets

	RetryAfter time.Duration // when it is worth asking again, 0 for no such time
}

func (e RequestError) Error() string { return e.Reason + ": " + e.Detail }

// BadRequest returns a [RequestError] with status 400.
func BadRequest(reason, field, detail string, args ...any) error {
	return RequestError{Status: http.StatusBadRequest, Reason: reason, Field: field,
		Detail: fmt.Sprintf(detail, args...)}
}

// Fault is what an error means on the wire, whatever the dialect.
type Fault struct {
	Status     int
	Reason     string // stable snake_case
	Field      string // empty for none
	Detail     string
	Allow      []string      // with status 405
	RetryAfter time.Duration // with status 429 and 503, and where the request is worth sending again
}

const retryAfter = 2 * time.Second

// FaultOf returns the meaning of an error. One that is neither a refusal nor a bad request becomes a 500 with one fixed
// sentence; its own text is for the log.
func FaultOf(err error) Fault {
	var refusal *commands.Refusal
	var request RequestError
	var method MethodError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &refusal):
		return faultOfRefusal(refusal)
	case errors.As(err, &request):
		return Fault{Status: request.Status, Reason: request.Reason, Field: request.Field, Detail: request.Detail,
			RetryAfter: wholeSeconds(request.RetryAfter)}
	case errors.Is(err, ErrNoRoute):
		return Fault{Status: http.StatusNotFound, Reason: "path_not_found", Detail: "There is nothing at this path."}
	case errors.As(err, &method):
		return Fault{Status: http.StatusMethodNotAllowed, Reason: "method_not_allowed", Allow: method.Allow,
			Detail: "This path does not take this method."}
	case errors.As(err, &tooLarge):
		return Fault{Status: http.StatusRequestEntityTooLarge, Reason: "body_too_large",
			Detail: fmt.Sprintf("The body may have %d bytes.", tooLarge.Limit)}
	case errors.Is(err, eventlog.ErrTooLarge):
		return Fault{Status: http.StatusRequestEntityTooLarge, Reason: "too_large",
			Detail: "This is more than can be stored at once."}
	case errors.Is(err, password.ErrTooLong), errors.Is(err, password.ErrEmpty):
		return Fault{Status: http.StatusBadRequest, Reason: "password_invalid", Field: "password",
			Detail: "The password is empty or too long."}
	case errors.Is(err, eventlog.ErrFull):
		return storage("storage_full", "The service has no more room to store this; nothing was changed.", untilSpace)
	case errors.Is(err, eventlog.ErrBroken):
		return storage("storage_failed", "The service cannot write to its disk.", untilReopened)
	case errors.Is(err, password.ErrBusy), errors.Is(err, eventlog.ErrUnavailable),
		errors.Is(err, session.ErrUnavailable),
		errors.Is(err, committer.ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return busy("unavailable", "The service cannot do this right now.")
	}
	return Fault{Status: http.StatusInternalServerError, Reason: "internal_error",
		Detail: "Something went wrong inside the service."}
}

func faultOfRefusal(r *commands.Refusal) Fault {
	f := Fault{Reason: r.Reason, Field: r.Field, Detail: r.Detail}
	switch r.Kind {
	case commands.Invalid:
		f.Status = http.StatusBadRequest
	case commands.Forbidden:
		f.Status = http.StatusForbidden
	case commands.NotFound:
		f.Status = http.StatusNotFound
	case commands.Taken, commands.Conflict:
		f.Status = http.StatusConflict
	case commands.Stale:
		f.Status = http.StatusPreconditionFailed
	case commands.Throttled:
		f.Status, f.RetryAfter = http.StatusTooManyRequests, wholeSeconds(r.RetryAfter)
	case commands.Busy:
		return busy(r.Reason, r.Detail)
	}
	return f
}

// wholeSeconds rounds up, so that who comes back then is let in.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}

// How long it takes until somebody has made room, and until the service has opened its store anew.
const (
	untilSpace    = time.Minute
	untilReopened = 10 * time.Second
)

func storage(reason, detail string, after time.Duration) Fault {
	return Fault{Status: http.StatusServiceUnavailable, Reason: reason, Detail: detail, RetryAfter: after}
}

func busy(reason, detail string) Fault {
	return Fault{Status: http.StatusServiceUnavailable, Reason: reason, Detail: detail, RetryAfter: retryAfter}
}

// Head sets the headers that go with the Fault, notes a failure for the log, and returns the status.
func (f Fault) Head(w http.ResponseWriter, r *http.Request, err error) int {
	if f.Status >= http.StatusInternalServerError {
		InfoOf(r.Context()).Failure = err
	}
	for i, m := range f.Allow {
		if i == 0 {
			w.Header().Set("Allow", m)
			continue
		}
		w.Header().Set("Allow", w.Header().Get("Allow")+", "+m)
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(f.RetryAfter.Seconds())))
	}
	return f.Status
}
