package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// The longest request bodies that are read, in bytes.
const (
	MaxBody   = 1 << 20
	SmallBody = 8 << 10 // of whoever is not known yet, or logs in
)

// Small lets the handler read a body of no more than [SmallBody]: what anybody may send must not hold memory.
func Small(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		Shorten(w, r)
		return h(w, r)
	}
}

// Shorten bounds what can be read of the request's body to [SmallBody].
func Shorten(w http.ResponseWriter, r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = http.MaxBytesReader(w, r.Body, SmallBody)
	}
}

// Receive reads the body now, and leaves it to be read again.
func Receive(w http.ResponseWriter, r *http.Request) error {
	b, err := ReadBody(w, r)
	if err == nil && len(b) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(b))
	}
	return err
}

// ReadBody reads the whole body, whatever the method. It returns a *http.MaxBytesError for one longer than [MaxBody],
// or than a bound that stands already, and a [RequestError] for one that breaks off (400) or makes too little progress
// (408).
func ReadBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, RequestError{Status: http.StatusRequestTimeout, Reason: "body_too_slow",
			Detail: "The body came too slowly."}
	case err != nil:
		return nil, BadRequest("body_unreadable", "", "The body could not be read.")
	}
	return b, nil
}

// DecodeObject decodes one JSON object. It returns a [RequestError] with status 400 for anything else: broken JSON or
// UTF-8, a value of another type, something behind the object, and, when strict, members that T does not have.
func DecodeObject[T any](body []byte, strict bool) (T, error) {
	var v T
	if !utf8.Valid(body) {
		return v, BadRequest("json_invalid", "", "The body is not valid UTF-8.")
	}
	if LoneSurrogate(body) {
		return v, BadRequest("json_invalid", "",
			"The body has half of a surrogate pair (\\ud800 to \\udfff), which is no character.")
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		if json.Valid(trimmed) {
			return v, BadRequest("json_not_object", "", "The body is not a JSON object.")
		}
		return v, BadRequest("json_invalid", "", "The body is not valid JSON.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(&v); err != nil {
		return v, decodeError(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return v, BadRequest("json_invalid", "", "Something stands behind the JSON object.")
	}
	return v, nil
}

func decodeError(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return BadRequest("type_invalid", wrongType.Field, "This member is not of the type that is expected here.")
	}
	// encoding/json has no error type for unknown members, only this text
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return BadRequest("field_unknown", strings.Trim(name, `"`), "There is no such member.")
	}
	return BadRequest("json_invalid", "", "The body is not valid JSON.")
}

// LoneSurrogate reports whether the JSON has an escape of half of a surrogate pair. encoding/json reads each of them as
// U+FFFD, by which different texts would become one.
func LoneSurrogate(body []byte) bool {
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 || i+1 == len(body) {
			return false
		}
		body = body[i:]
		first := codeUnit(body)
		switch {
		case !utf16.IsSurrogate(first):
			body = body[2:]
		case utf16.DecodeRune(first, codeUnit(body[escapeLength:])) == unicode.ReplacementChar:
			return true
		default:
			body = body[2*escapeLength:]
		}
	}
}

const escapeLength = len(`\u0000`)

// codeUnit returns the code unit of the escape that the JSON begins with, 0 for none.
func codeUnit(body []byte) rune {
	if len(body) < escapeLength || body[0] != '\\' || body[1] != 'u' {
		return 0
	}
	unit, err := strconv.ParseUint(string(body[2:escapeLength]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(unit)
}

// Write writes v as JSON.
func Write(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding the answer: %w", err)
	}
	WriteJSON(w, status, b)
	return nil
}

// WriteJSON writes an answer that is JSON already.
func WriteJSON(w http.ResponseWriter, status int, b []byte) {
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(b) // the client may be gone; there is nobody to tell
}

// SequenceHeader carries a write's log sequence in every dialect.
const SequenceHeader = "Account-Sequence"

// SetSequence puts a write's log sequence into the answer.
func SetSequence(w http.ResponseWriter, sequence uint64) {
	w.Header().Set(SequenceHeader, fmt.Sprint(sequence))
}
