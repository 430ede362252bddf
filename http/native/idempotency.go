package native

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events/session"
	"accountd/http/rest"
)

const (
	idempotencyHeader = "Idempotency-Key"
	replayedHeader    = "Idempotency-Replayed"
	maxKey            = 255 // characters of a key
)

// A request with a key has workTime, whoever asked for it be gone or not; lease is when nobody can be at it any more.
const (
	workTime = 30 * time.Second
	lease    = 2 * workTime
)

// idempotencyKey returns the request's key, empty for none. It may stand in quotation marks, as structured fields do.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values(idempotencyHeader)
	if len(values) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(values[0])
	if inner, ok := strings.CutPrefix(key, `"`); ok && strings.HasSuffix(inner, `"`) {
		key = inner[:len(inner)-1]
	}
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.IndexFunc(key, unfitForKey) >= 0 {
		return "", badHeader(idempotencyHeader, "idempotency_key_invalid",
			"A key has 1 to %d printable ASCII characters, without quotation marks and backslashes.", maxKey)
	}
	return key, nil
}

func unfitForKey(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }

// once has a request with a key carried out once: whoever repeats it gets the first answer. One that was begun and never
// ended may be carried out again when the handler finds by itself what is done already.
func (a *api) once(h handler, again bool) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		key, err := idempotencyKey(r)
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
		if err := a.CountWrite(c.Actor); err != nil { // the note of the request, whatever becomes of it
			return err
		}
		if c.secret, err = newRequestSecret(r, key); err != nil {
			return err
		}
		name := strings.Join([]string{c.Credential, r.Method, r.URL.Path, key}, "\n")
		request := c.secret.digest("request", []byte(r.URL.RequestURI()), []byte(r.Header.Get("If-Match")), body)
		attempt, kept, err := a.Sessions.Begin(r.Context(), name, request, lease, again)
		if err != nil {
			return attemptProblem(err)
		}
		if kept != nil {
			return replay(w, c.secret.seal, kept)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		out, err := answerOf(h, r, c)
		return finish(w, r, c, attempt, out, err, again)
	}
}

func attemptProblem(err error) error {
	switch {
	case errors.Is(err, session.ErrRunning):
		return rest.RequestError{Status: http.StatusConflict, Reason: "request_running", Detail: "A request with this key is being carried out."}
	case errors.Is(err, session.ErrOther):
		return requestError{in: inHeader, RequestError: rest.RequestError{Status: http.StatusUnprocessableEntity,
			Reason: "idempotency_key_reused", Field: idempotencyHeader, Detail: "This key belongs to another request."}}
	case errors.Is(err, session.ErrLost):
		return rest.RequestError{Status: http.StatusConflict, Reason: "outcome_unknown",
			Detail: "The service stopped while it carried this request out. Look whether it took effect; for another one take another key."}
	}
	return err
}

// answerOf returns the handler's answer, or the error of a service that could not give one.
func answerOf(h handler, r *http.Request, c caller) (*keptAnswer, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), workTime)
	defer cancel()
	r = r.WithContext(ctx)
	out := &keptAnswer{Head: http.Header{}}
	err := h(out, r, c)
	if err != nil && rest.FaultOf(err).Status < http.StatusInternalServerError && !postponed(err) {
		problem(out, r, err)
		err = nil
	}
	return out, err
}

// postponed reports whether the request is refused for now alone: it may be sent again as it is, with its key.
func postponed(err error) bool {
	return is(err, commands.Throttled) || hasReason(err, commands.ReasonProof)
}

// finish keeps the answer and sends it. What the service could not do is not kept but may be asked again, unless it may have
// taken effect and would do so twice.
func finish(w http.ResponseWriter, r *http.Request, c caller, attempt *session.Attempt, out *keptAnswer, err error, again bool) error {
	ctx := context.WithoutCancel(r.Context())
	if err != nil {
		if again || errors.Is(err, password.ErrBusy) || is(err, commands.Busy) || postponed(err) {
			err = errors.Join(err, attempt.Abandon(ctx))
		}
		return err
	}
	plain, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("keeping an answer: %w", err)
	}
	if err := attempt.End(ctx, c.secret.seal.Seal(nil, nil, plain, nil)); err != nil {
		return err
	}
	out.write(w)
	return nil
}

// replay writes the answer that was kept.
func replay(w http.ResponseWriter, seal cipher.AEAD, kept []byte) error {
	plain, err := seal.Open(nil, nil, kept, nil)
	if err != nil {
		return fmt.Errorf("reading a kept answer: %w", err)
	}
	var out keptAnswer
	if err := json.Unmarshal(plain, &out); err != nil {
		return fmt.Errorf("reading a kept answer: %w", err)
	}
	w.Header().Set(replayedHeader, "true")
	out.write(w)
	return nil
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
