package call

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events/session"
	"accountd/http/rest"
)

const (
	IdempotencyHeader = "Idempotency-Key"
	ReplayedHeader    = "Idempotency-Replayed"
	maxKey            = 255 // characters of a key
)

// workTime is how long a request with a key is worked at, whoever asked for it be gone or not.
const workTime = 30 * time.Second

// IdempotencyKey returns the request's key, empty for none. It may stand in quotation marks, as structured fields do.
func IdempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values(IdempotencyHeader)
	if len(values) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(values[0])
	if inner, ok := strings.CutPrefix(key, `"`); ok && strings.HasSuffix(inner, `"`) {
		key = inner[:len(inner)-1]
	}
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.IndexFunc(key, unfitForKey) >= 0 {
		return "", BadHeader(IdempotencyHeader, "idempotency_key_invalid",
			"A key has 1 to %d printable ASCII characters, without quotation marks and backslashes.", maxKey)
	}
	return key, nil
}

func unfitForKey(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }

// Once has a request with a key take effect once: whoever repeats it gets the first answer. rehearse is the handler of
// the same call where nothing can be done (see [Kernel.Powerless]).
func (k *Kernel) Once(of Call, h, rehearse Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		key, err := IdempotencyKey(r)
		if err != nil {
			return err
		}
		if key == "" {
			return h(w, r, c)
		}
		body, err := rest.ReadBody(w, r)
		if err != nil {
			return err
		}
		if err := k.CountWrite(c.Actor); err != nil { // the note of the request, whatever becomes of it
			return err
		}
		attempt, kept, err := k.Begin(of, r, &c, key, body)
		if err != nil {
			return attemptProblem(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if kept != nil {
			return replay(w, r, c, rehearse, kept)
		}
		defer attempt.Release(context.WithoutCancel(r.Context())) // which does nothing more to one that has ended
		out, err := answerOf(h, r, c)
		if err != nil {
			return err // it may be asked again, and finds what took effect
		}
		return keep(w, r, c, attempt, out)
	}
}

// Begin takes the request on, or returns the answer that was kept. It gives the caller what belongs to the request.
func (k *Kernel) Begin(of Call, r *http.Request, c *Caller, key string, body []byte) (*session.Attempt, []byte, error) {
	secret, err := newRequestSecret(r, key)
	if err != nil {
		return nil, nil, err
	}
	c.request = secret
	attempt, kept, err := k.Sessions.Begin(r.Context(), session.Request{
		Name:   strings.Join([]string{c.Credential, r.Method, r.URL.Path, key}, "\n"),
		About:  c.about(of, r),
		Digest: secret.digest("request", []byte(r.URL.RequestURI()), []byte(r.Header.Get("If-Match")), body),
		Since:  k.View.Position(),
	})
	if err == nil && kept == nil {
		secret.begin(attempt)
	}
	return attempt, kept, err
}

// about returns the user whose data the answer may have, the zero UUID when it is about nobody.
func (c Caller) about(of Call, r *http.Request) uuid.UUID {
	if of.MakesUser {
		return c.NewUserID()
	}
	return UserID(r)
}

func attemptProblem(err error) error {
	var running session.RunningError
	switch {
	case errors.As(err, &running):
		return rest.RequestError{Status: http.StatusConflict, Reason: "request_running",
			Detail:     "A request with this key is being carried out.",
			RetryAfter: running.For}
	case errors.Is(err, session.ErrOther):
		return requestError{in: inHeader, RequestError: rest.RequestError{Status: http.StatusUnprocessableEntity,
			Reason: "idempotency_key_reused", Field: IdempotencyHeader, Detail: "This key belongs to another request."}}
	}
	return err
}

// answerOf returns the handler's answer, or the error of a service that could not give one, or of a request that is
// refused for now alone.
func answerOf(h Handler, r *http.Request, c Caller) (*keptAnswer, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), workTime)
	defer cancel()
	r = r.WithContext(ctx)
	out := &keptAnswer{Head: http.Header{}}
	err := h(out, r, c)
	if err != nil && rest.FaultOf(err).Status < http.StatusInternalServerError && !postponed(err) {
		WriteProblem(out, r, err)
		err = nil
	}
	return out, err
}

// postponed reports whether the request is refused for now alone: it may be sent again as it is, with its key.
func postponed(err error) bool {
	return Is(err, commands.Throttled) || HasReason(err, commands.ReasonProof)
}

// keep keeps the answer and sends it.
func keep(w http.ResponseWriter, r *http.Request, c Caller, attempt *session.Attempt, out *keptAnswer) error {
	plain, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("keeping an answer: %w", err)
	}
	if err := attempt.End(context.WithoutCancel(r.Context()), c.request.seal.Seal(nil, nil, plain, nil)); err != nil {
		return err
	}
	out.write(w)
	return nil
}

// replay writes the answer that was kept, unless the caller would be refused now: it may hold personal data, or a
// secret.
func replay(w http.ResponseWriter, r *http.Request, c Caller, rehearse Handler, kept []byte) error {
	plain, err := c.Open(kept)
	if err != nil {
		return fmt.Errorf("reading a kept answer: %w", err)
	}
	var out keptAnswer
	if err := json.Unmarshal(plain, &out); err != nil {
		return fmt.Errorf("reading a kept answer: %w", err)
	}
	// Others tell nothing, and what they answered may have ended what it would be refused for now.
	if len(out.Body) > 0 {
		if err := refusedNow(r, c, rehearse); err != nil {
			return err
		}
	}
	w.Header().Set(ReplayedHeader, "true")
	out.write(w)
	return nil
}

// refusedNow returns the refusal that the request would meet now because of who asks, or because what it is about is
// gone. That it would clash with its own effect, or with what came later, is no reason to hold the answer back.
func refusedNow(r *http.Request, c Caller, rehearse Handler) error {
	err := rehearse(&keptAnswer{Head: http.Header{}}, r, c)
	if Is(err, commands.Forbidden) || Is(err, commands.NotFound) {
		return err
	}
	return nil
}

// ErrRehearsed is what a command ends with in an API that can do nothing.
var ErrRehearsed = errors.New("the command would be run")

// Powerless returns the Kernel without anything that it could act by. Calls of it refuse whom those of k would refuse,
// and do nothing else.
func (k *Kernel) Powerless() *Kernel {
	out := *k
	out.Service, out.Rehearsing = rest.Service{View: k.View, Past: k.Past}, true
	return &out
}

// Run runs a command, once where the request has a key.
func (k *Kernel) Run(ctx context.Context, c Caller, cmd commands.Command) (commands.Outcome, error) {
	switch {
	case k.Rehearsing:
		return commands.Outcome{}, cmp.Or(commands.Rehearse(c.States, c.Actor, cmd), ErrRehearsed)
	case c.request == nil:
		return k.Do(ctx, c.Actor, cmd)
	}
	return k.DoOnce(ctx, c.Actor, cmd, c.request.once(c.request.commands.Add(1)))
}

// Done returns what the next command of a repeated request has led to before, nil for nothing: its own effect may make
// checks fail that come before it.
func (k *Kernel) Done(ctx context.Context, c Caller, cmd commands.Command) (*commands.Outcome, error) {
	if k.Rehearsing || c.request == nil || !c.request.again {
		return nil, nil
	}
	return k.Handler.Done(ctx, c.Actor, cmd, c.request.once(c.request.commands.Load()+1))
}

// keptAnswer is an answer that is kept before it is sent.
type keptAnswer struct {
	Status int         `json:"status"`
	Head   http.Header `json:"head"`
	Body   []byte      `json:"body"`
}

func (k *keptAnswer) Header() http.Header { return k.Head }

func (k *keptAnswer) WriteHeader(status int) { k.Status = status }

func (k *keptAnswer) Write(b []byte) (int, error) {
	k.Body = append(k.Body, b...)
	return len(b), nil
}

func (k *keptAnswer) write(w http.ResponseWriter) {
	for name, values := range k.Head {
		w.Header()[name] = values
	}
	w.WriteHeader(k.Status)
	_, _ = w.Write(k.Body) // the client may be gone
}
