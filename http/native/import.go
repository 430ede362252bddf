package native

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

const importPath = call.UsersPath + ":import"

func (a *api) importCalls() call.Noun {
	return call.Noun{Tag: openapi.Tag{Name: "Users"}, Calls: []call.Call{{Method: http.MethodPost, Path: importPath,
		Handle: a.importUsers, Changes: call.Lines, Doc: openapi.Operation{
			Summary: "Import users, one per line",
			About: "Each line of the body is a user; the answer has a line for each. A byte order mark before the " +
				"first line is skipped.",
			Body: openapi.Text(), Sent: []string{call.TypeNDJSON}, Answer: openapi.Text(), Got: call.TypeNDJSON}}}}
}

// inFlight is how many lines of an import are at work: two batches, one that is written and one that waits.
const inFlight = 2048

// byteOrderMark is what programs for Windows write before the first line of a file.
const byteOrderMark = "\ufeff"

// importAnswer is the answer to one line.
type importAnswer struct {
	Line     int           `json:"line"` // from 1 up
	Status   int           `json:"status"`
	ID       *uuid.UUID    `json:"id,omitempty"`
	Number   int64         `json:"number,omitempty"`
	Sequence uint64        `json:"sequence,omitempty"`
	Problem  *call.Problem `json:"problem,omitempty"`
}

// importLine is a line at work.
type importLine struct {
	number int
	wait   func() (commands.Outcome, error)
}

// importUsers makes a user of each line and answers each with a line, in order, while it still reads. A line that is
// refused holds back no other. With an idempotency key a line that was imported before is answered as it was then.
func (a *api) importUsers(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if err := call.CheckType(r, []string{call.TypeNDJSON, "application/jsonl"}); err != nil {
		return err
	}
	key, err := call.IdempotencyKey(r)
	if err != nil {
		return err
	}
	if key != "" {
		if c, err = c.WithKey(r, key); err != nil {
			return err
		}
	}
	s := call.NewStream(w)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	lines := make(chan importLine, inFlight)
	go func() {
		defer close(lines)
		a.readImport(ctx, c, s.Reader(ctx, r.Body), lines)
	}()
	s.Begin(http.StatusOK)
	if writeImport(s, lines, rest.InfoOf(r.Context())) != nil {
		cancel() // the client is gone
		s.StopReading()
		for range lines { // nobody reads the body when this returns
		}
	}
	return nil
}

// readImport begins the lines one after another, until the body ends or nobody wants the answers any more.
func (a *api) readImport(ctx context.Context, c call.Caller, body io.Reader, lines chan<- importLine) {
	in := bufio.NewReaderSize(body, rest.MaxBody)
	for n := 1; ; n++ {
		text, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return
		}
		if n == 1 {
			text = bytes.TrimPrefix(text, []byte(byteOrderMark))
		}
		line := importLine{n, a.beginLine(ctx, c, text, err)}
		if line.wait == nil {
			continue
		}
		select {
		case lines <- line:
		case <-ctx.Done():
			return
		}
		if err != nil && !isTooLong(err) {
			return
		}
	}
}

// readLine returns the next line without its end. A line that does not fit is left out, and is an error.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		return nil, &http.MaxBytesError{Limit: rest.MaxBody}
	}
	if err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)) {
		if !errors.Is(err, io.EOF) {
			err = rest.BadRequest("body_unreadable", "", "The body broke off.")
		}
		return nil, err
	}
	return bytes.TrimSpace(line), nil
}

func isTooLong(err error) bool {
	var tooLong *http.MaxBytesError
	return errors.As(err, &tooLong)
}

// beginLine begins to make the user of a line. There is nothing to wait for when the line is blank.
func (a *api) beginLine(ctx context.Context, c call.Caller, text []byte,
	err error) (wait func() (commands.Outcome, error)) {
	if err == nil && len(text) == 0 {
		return nil
	}
	var body userBody
	if err == nil {
		body, err = readImported(text)
	}
	if err == nil {
		c.States, err = a.States()
	}
	if err != nil {
		return call.Failed(err)
	}
	return a.startUser(ctx, c, c.LineID(text), body)
}

// readImported reads a user. What the service gives by itself may stand there, as it does in an export, and counts for
// nothing.
func readImported(text []byte) (userBody, error) {
	values, err := rest.DecodeObject[call.Object](text, false)
	if err != nil {
		return userBody{}, err
	}
	body, err := readUser(call.NewMembers(values, false))
	body.readOnly, body.imported = nil, true
	return body, err
}

// writeImport answers the lines in order, and lets the client have what is there whenever there is nothing more at
// hand.
func writeImport(s *call.Stream, lines <-chan importLine, info *rest.Info) error {
	for line := range lines {
		out, err := line.wait()
		if err := s.Send(importAnswerOf(line.number, out, err, info), len(lines) == 0); err != nil {
			return err
		}
	}
	return s.Flush()
}

func importAnswerOf(line int, out commands.Outcome, err error, info *rest.Info) []byte {
	answer := importAnswer{Line: line, Status: http.StatusCreated}
	if err != nil {
		f := rest.FaultOf(err)
		if f.Status >= http.StatusInternalServerError {
			info.Failure = err
		}
		p := call.ProblemOf(err, f)
		answer.Status, answer.Problem = f.Status, &p
	} else {
		answer.ID, answer.Number, answer.Sequence = &out.User.ID, out.User.Number, out.Sequence
	}
	text, _ := json.Marshal(answer) // texts and numbers cannot fail
	return append(text, '\n')
}
