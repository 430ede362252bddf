package ctl

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// silence is how long a connection may say nothing; the service says every 15 seconds that it stands.
	silence = 45 * time.Second
	// maxPause bounds the pause before the next attempt, which begins at a second and doubles.
	maxPause = 30 * time.Second
)

// tail prints the events that happen from a place on, over as many connections as that takes.
type tail struct {
	find      func() (service, error) // asked for every connection: a service that was started again may be elsewhere
	query     url.Values
	after     uint64 // the newest event that is printed, or looked at
	left      uint64 // how many more to print, when bounded
	bounded   bool
	connected bool // once
	out       *printer
	errs      io.Writer
	pause     func(ctx context.Context, failures int) error
}

// lostError is why an answer ended that another one may go on with.
type lostError struct{ error }

func (e *eventsCall) tail(ctx context.Context, errs io.Writer) error {
	s, err := e.find()
	if err != nil {
		return err
	}
	t := &tail{find: e.find, after: e.after, left: e.limit, bounded: e.limit > 0, errs: errs, pause: e.pause}
	if t.query, err = e.query(ctx, s); err != nil {
		return err
	}
	if e.newest {
		if t.after, err = s.newest(ctx); err != nil {
			return err
		}
		t.after -= min(t.after, e.last)
	}
	t.query.Set("follow", "true")
	out := bufio.NewWriter(e.stdout)
	t.out = e.printer(out)
	if err = t.out.begin(); err != nil {
		return err
	}
	err = t.run(ctx, out.Flush)
	if ctx.Err() != nil {
		err = nil // it was interrupted, which is how it ends
	}
	return errors.Join(err, out.Flush())
}

// newest returns the sequence of the newest event.
func (s service) newest(ctx context.Context) (uint64, error) {
	answer, err := s.get(ctx, "/v1/audit/checkpoint")
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return 0, refused(answer)
	}
	text, err := io.ReadAll(answer.Body)
	lines := strings.SplitN(string(text), "\n", 3)
	if err == nil && len(lines) < 3 {
		err = errors.New("it is no checkpoint")
	}
	if err != nil {
		return 0, fmt.Errorf("reading where the log ends: %w", err)
	}
	return strconv.ParseUint(lines[1], 10, 64)
}

// run follows until there is no more to come.
func (t *tail) run(ctx context.Context, flush func() error) error {
	for failures := 0; ; failures++ {
		before := t.after
		err := t.connect(ctx, flush)
		if !t.connected || !errors.As(err, new(lostError)) || ctx.Err() != nil {
			return err
		}
		if t.after > before {
			failures = 0
		}
		fmt.Fprintf(t.errs, "accountctl: %s; continuing after event %d\n", strings.TrimSuffix(err.Error(), "."),
			t.after)
		if err := t.pause(ctx, failures); err != nil {
			return err
		}
	}
}

// pause waits before the next attempt.
func pause(ctx context.Context, failures int) error {
	timer := time.NewTimer(min(time.Second<<min(failures, 10), maxPause))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// connect prints what one connection brings. It returns a lostError when another one may bring more.
func (t *tail) connect(ctx context.Context, flush func() error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s, err := t.find()
	if err != nil {
		return lostError{err}
	}
	answer, err := s.get(ctx, eventsPath(t.query, t.after, t.left))
	if err != nil {
		return lostError{err}
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return t.refused(answer)
	}
	t.connected = true
	watch := time.AfterFunc(silence, cancel)
	err = eachLine(answer.Body, func() error { watch.Reset(silence); return flush() }, t.take)
	switch {
	case !watch.Stop():
		return lostError{fmt.Errorf("nothing was heard for %v", silence)}
	case err == nil && !(t.bounded && t.left == 0) && !t.query.Has("until"):
		return lostError{errors.New("the answer ended")}
	}
	return err
}

// refused returns a lostError for what passes.
func (t *tail) refused(answer *http.Response) error {
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return lostError{refused(answer)}
	}
	return refused(answer)
}

// take prints an event, or hears why there are no more.
func (t *tail) take(line []byte) error {
	var e struct {
		Type, Reason, Detail string
		Sequence             uint64
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	t.after = max(t.after, e.Sequence)
	switch {
	case e.Type != "end":
		t.left -= min(t.left, 1)
		return t.out.add(line)
	case e.Reason == "not_allowed":
		return refusal{http.StatusForbidden, e.Reason, e.Detail}
	}
	return lostError{errors.New(e.Detail)}
}
