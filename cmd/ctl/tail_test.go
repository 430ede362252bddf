package ctl

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// scripted answers each request with the next answer, and keeps what was asked for.
type scripted struct {
	*httptest.Server
	asked []string
}

type answer struct {
	status int
	body   string
	broken bool // it ends in the middle
}

func script(t *testing.T, answers ...answer) *scripted {
	t.Helper()
	s := &scripted{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next := answers[len(s.asked)]
		s.asked = append(s.asked, r.URL.Query().Get("after"))
		w.WriteHeader(next.status)
		_, _ = io.WriteString(w, next.body)
		if next.broken {
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func eventLine(sequence int) string {
	return fmt.Sprintf(`{"sequence":%d,"type":"UserCreated.v1"}`+"\n", sequence)
}

// following returns a tail of the service that makes no pauses, and what it prints and says.
func following(s *scripted, out, errs io.Writer) *tail {
	return &tail{
		find: func() (service, error) { return service{url: s.URL}, nil }, query: url.Values{"follow": {"true"}},
		errs: errs,
		out:  &printer{out: out, form: formNDJSON, live: true}, pause: func(context.Context, int) error { return nil },
	}
}

func nothing() error { return nil }

// TestTailGoesOn loses the connection in every way that another one may mend: each time it asks for what it has not
// seen.
func TestTailGoesOn(t *testing.T) {
	s := script(t,
		answer{200, "\n" + eventLine(4) + eventLine(5), true},
		answer{503, `{"detail":"starting"}`, false},
		answer{200, eventLine(6) + `{"type":"end","reason":"too_slow","detail":"Too far behind.","sequence":9}` + "\n",
			false}, answer{200, eventLine(10) + `{"sequence":11,`, false},
		answer{200, `{"type":"end","reason":"shutting_down","detail":"It is shutting down.","sequence":12}` + "\n",
			false},
		answer{200, `{"type":"end","reason":"not_allowed","detail":"The credential has ended.","sequence":13}` + "\n",
			false},
	)
	var out, errs bytes.Buffer
	f := following(s, &out, &errs)
	f.after = 3
	require.EqualError(t, f.run(t.Context(), nothing), "The credential has ended.")
	require.Equal(t, eventLine(4)+eventLine(5)+eventLine(6)+eventLine(10), out.String())
	require.Equal(t, []string{"3", "5", "5", "9", "10", "12"}, s.asked)
	said := strings.Split(strings.TrimSpace(errs.String()), "\n")
	require.Len(t, said, 5)
	require.Contains(t, said[0], "the answer broke off")
	require.Contains(t, said[0], "continuing after event 5")
	require.Contains(t, said[1], "starting")
	require.Equal(t, "accountctl: Too far behind; continuing after event 9", said[2])
}

// TestTailEnds finds nobody, is not let in, has all that it was asked for, or is interrupted.
func TestTailEnds(t *testing.T) {
	f := following(script(t, answer{503, "", false}), io.Discard, io.Discard)
	require.ErrorContains(t, f.run(t.Context(), nothing), "503", "it was never connected")
	f = following(script(t, answer{401, "", false}), io.Discard, io.Discard)
	require.ErrorContains(t, f.run(t.Context(), nothing), "401")
	f = following(script(t, answer{200, eventLine(1), true}, answer{403, `{"detail":"No."}`, false}), io.Discard,
		io.Discard)
	require.ErrorContains(t, f.run(t.Context(), nothing), "No.")

	s := script(t, answer{200, eventLine(1), true}, answer{200, eventLine(2), false})
	f = following(s, io.Discard, io.Discard)
	f.left, f.bounded = 2, true
	require.NoError(t, f.run(t.Context(), nothing))
	f = following(script(t, answer{200, eventLine(1), false}), io.Discard, io.Discard)
	f.query.Set("until", "1")
	require.NoError(t, f.run(t.Context(), nothing))

	interrupted := errors.New("interrupted")
	f = following(script(t, answer{200, eventLine(1), false}), io.Discard, io.Discard)
	f.pause = func(context.Context, int) error { return interrupted }
	require.ErrorIs(t, f.run(t.Context(), nothing), interrupted)
	f = following(script(t, answer{200, eventLine(1), false}), io.Discard, io.Discard)
	require.ErrorIs(t, f.run(t.Context(), func() error { return io.ErrClosedPipe }), io.ErrClosedPipe, "nobody reads")
}

// TestTailOutlivesTheService follows while the service is stopped and started again, at another address.
func TestTailOutlivesTheService(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "email=ann@example.org")
	newest := w.must("events", "tail", "--last", "1", "--limit", "1", "--columns", "sequence,data.username")
	require.Equal(t, []string{"SEQUENCE", "DATA.USERNAME", "7", "ann"}, strings.Fields(newest))

	out, in := io.Pipe()
	lines := bufio.NewReader(out)
	e := &eventsCall{program: &program{data: w.data, stdout: in, form: formNDJSON}, newest: true, follow: true, last: 1}
	ctx, cancel := context.WithCancel(t.Context())
	done, up := make(chan error, 1), make(chan struct{})
	e.pause = func(ctx context.Context, _ int) error {
		select {
		case <-up:
		case <-ctx.Done():
		}
		return ctx.Err()
	}
	go func() { done <- e.tail(ctx, io.Discard) }()
	next := func() string {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		return line
	}
	require.Contains(t, next(), `"username":"ann"`)
	w.must("create", "users", "email=bob@example.org")
	require.Contains(t, next(), `"username":"bob"`)
	w.stop()
	w.start()
	w.must("create", "users", "email=cid@example.org")
	close(up)
	require.Contains(t, next(), `"username":"cid"`)
	cancel()
	require.NoError(t, <-done)
}
