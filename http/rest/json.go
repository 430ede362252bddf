package rest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// JSON writes a JSON text by hand: five times faster than reflection for objects that are written often. Commas are set
// by themselves. It does not check that what is opened is closed.
type JSON struct{ buf []byte }

// room is what freed JSONs leave behind: a list's text is large enough to keep the garbage collector busy.
var room = sync.Pool{New: func() any { return new(JSON) }}

// NewJSON returns a JSON with room for about size bytes.
func NewJSON(size int) *JSON {
	j := room.Get().(*JSON)
	j.buf = slices.Grow(j.buf[:0], size)
	return j
}

// Free lets another JSON use the room. Neither j nor what Bytes returned may be used any more.
func (j *JSON) Free() { room.Put(j) }

// Bytes returns what was written.
func (j *JSON) Bytes() []byte { return j.buf }

// Open begins an object or array with its bracket.
func (j *JSON) Open(bracket byte) *JSON {
	j.comma()
	j.buf = append(j.buf, bracket)
	return j
}

// Close ends an object or array with its bracket.
func (j *JSON) Close(bracket byte) *JSON {
	j.buf = append(j.buf, bracket)
	return j
}

// Key writes a member's name, which must need no escaping.
func (j *JSON) Key(name string) *JSON {
	j.comma()
	j.buf = append(j.buf, '"')
	j.buf = append(j.buf, name...)
	j.buf = append(j.buf, '"', ':')
	return j
}

// String writes a text value.
func (j *JSON) String(s string) *JSON {
	j.comma()
	if !simple(s) {
		b, _ := json.Marshal(s) // a string cannot fail
		j.buf = append(j.buf, b...)
		return j
	}
	j.buf = append(j.buf, '"')
	j.buf = append(j.buf, s...)
	j.buf = append(j.buf, '"')
	return j
}

// StringOrNull writes a text value, null when it is empty.
func (j *JSON) StringOrNull(s string) *JSON {
	if s == "" {
		return j.Raw("null")
	}
	return j.String(s)
}

// Int writes a whole number.
func (j *JSON) Int(n int64) *JSON {
	j.comma()
	j.buf = strconv.AppendInt(j.buf, n, 10)
	return j
}

// Bool writes a truth value.
func (j *JSON) Bool(b bool) *JSON {
	j.comma()
	j.buf = strconv.AppendBool(j.buf, b)
	return j
}

// Time writes a time in RFC 3339, UTC, with as many fractional digits as it has.
func (j *JSON) Time(t time.Time) *JSON {
	j.comma()
	j.buf = append(j.buf, '"')
	j.buf = t.UTC().AppendFormat(j.buf, time.RFC3339Nano)
	j.buf = append(j.buf, '"')
	return j
}

// Raw writes a value that is JSON already.
func (j *JSON) Raw(s string) *JSON {
	j.comma()
	j.buf = append(j.buf, s...)
	return j
}

func (j *JSON) comma() {
	if len(j.buf) == 0 {
		return
	}
	switch j.buf[len(j.buf)-1] {
	case '{', '[', ':', ',':
	default:
		j.buf = append(j.buf, ',')
	}
}

// simple reports whether s stands in JSON as it is: printable ASCII, or valid UTF-8, without what encoding/json
// escapes.
func simple(s string) bool {
	ascii := true
	for i := range len(s) {
		if escaped[s[i]] {
			return false
		}
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s) && !strings.ContainsAny(s, "\u2028\u2029")
}

// escaped tells which bytes never stand in a JSON text as they are.
var escaped = func() (table [256]bool) {
	for c := range byte(' ') {
		table[c] = true
	}
	for _, c := range []byte{'"', '\\', '<', '>', '&'} {
		table[c] = true
	}
	return table
}()
