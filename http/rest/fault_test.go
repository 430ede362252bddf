package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/password"
	"accountd/events/eventlog"
	"accountd/events/session"
)

func TestFaultOf(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		reason string
		retry  time.Duration
	}{
		{&commands.Refusal{Kind: commands.Invalid, Reason: "r"}, 400, "r", 0},
		{&commands.Refusal{Kind: commands.Forbidden, Reason: "r"}, 403, "r", 0},
		{&commands.Refusal{Kind: commands.NotFound, Reason: "r"}, 404, "r", 0},
		{&commands.Refusal{Kind: commands.Taken, Reason: "r"}, 409, "r", 0},
		{&commands.Refusal{Kind: commands.Conflict, Reason: "r"}, 409, "r", 0},
		{&commands.Refusal{Kind: commands.Stale, Reason: "r"}, 412, "r", 0},
		{&commands.Refusal{Kind: commands.Busy, Reason: "r"}, 503, "r", retryAfter},
		{fmt.Errorf("deep: %w", BadRequest("r", "f", "d")), 400, "r", 0},
		{ErrNoRoute, 404, "path_not_found", 0},
		{MethodError{Allow: []string{"GET", "PUT"}}, 405, "method_not_allowed", 0},
		{&http.MaxBytesError{Limit: 9}, 413, "body_too_large", 0},
		{eventlog.ErrTooLarge, 413, "too_large", 0},
		{password.ErrEmpty, 400, "password_invalid", 0},
		{password.ErrBusy, 503, "unavailable", retryAfter},
		{session.ErrUnavailable, 503, "unavailable", retryAfter},
		{fmt.Errorf("x: %w", eventlog.ErrUnavailable), 503, "unavailable", retryAfter},
		{committer.ErrClosed, 503, "unavailable", retryAfter},
		{context.DeadlineExceeded, 503, "unavailable", retryAfter},
		{errors.New("secret inside"), 500, "internal_error", 0},
	} {
		f := FaultOf(c.err)
		require.Equal(t, c.status, f.Status, "%v", c.err)
		require.Equal(t, c.reason, f.Reason, "%v", c.err)
		require.Equal(t, c.retry, f.RetryAfter, "%v", c.err)
		require.NotContains(t, f.Detail, "secret")
		info := &Info{}
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		require.Equal(t, c.status, f.Head(w, r.WithContext(WithInfo(r.Context(), info)), c.err))
		require.Equal(t, c.status >= 500, info.Failure != nil)
		require.Equal(t, c.retry > 0, w.Header().Get("Retry-After") != "")
	}
	w := httptest.NewRecorder()
	FaultOf(MethodError{Allow: []string{"GET", "PUT"}}).Head(w, httptest.NewRequest(http.MethodGet, "/", nil), nil)
	require.Equal(t, "GET, PUT", w.Header().Get("Allow"))
}

type sample struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

func TestDecodeObject(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":"x","n":1}`: "", ` {"other":1} `: "", `{"name":null}`: "",
		``: "json_invalid", `{`: "json_invalid", `[]`: "json_not_object", `"x"`: "json_not_object",
		`null`:  "json_not_object",
		`{} {}`: "json_invalid", `{"n":"x"}`: "type_invalid", `{"n":1e99}`: "type_invalid",
		`{"name":[]}`: "type_invalid", "{\"name\":\"\xff\"}": "json_invalid",
	} {
		_, err := DecodeObject[sample]([]byte(body), false)
		requireReason(t, want, err, body)
	}
	_, err := DecodeObject[sample]([]byte(`{"other":1}`), true)
	requireReason(t, "field_unknown", err, "strict")
	var request RequestError
	require.ErrorAs(t, err, &request)
	require.Equal(t, "other", request.Field)
}

func requireReason(t *testing.T, want string, err error, about string) {
	t.Helper()
	if want == "" {
		require.NoError(t, err, about)
		return
	}
	var request RequestError
	require.ErrorAs(t, err, &request, about)
	require.Equal(t, want, request.Reason, about)
	require.Equal(t, http.StatusBadRequest, request.Status)
}

func FuzzDecodeObject(f *testing.F) {
	for _, s := range []string{`{"name":"x","n":1}`, `{`, `[1]`, "\xff", `{"a":{"a":{"a":[]}}}`, `{"n":1e400}`,
		"\ufeff{}"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, body []byte, strict bool) {
		if _, err := DecodeObject[sample](body, strict); err != nil {
			require.Equal(t, http.StatusBadRequest, FaultOf(err).Status)
		}
	})
}

func TestReadBody(t *testing.T) {
	for size, ok := range map[int]bool{0: true, MaxBody: true, MaxBody + 1: false} {
		r := httptest.NewRequest(http.MethodGet, "/", bytes.NewReader(make([]byte, size)))
		b, err := ReadBody(httptest.NewRecorder(), r)
		if !ok {
			require.Equal(t, http.StatusRequestEntityTooLarge, FaultOf(err).Status)
			continue
		}
		require.NoError(t, err)
		require.Len(t, b, size)
	}
}
