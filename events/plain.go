package events

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// plan reads the JSON of one struct type in the one form that most Events have: exactly as json.Marshal writes it, with
// only texts without escapes, whole numbers, truth values and UUIDs in it. It gives up on everything else, and
// encoding/json then reads the Event from the start. See "Why a second reader" in the package comment.
type plan []planned

// planned is a field of the struct, in the order in which json.Marshal writes them.
type planned struct {
	key   string // quoted, with the colon
	index []int
	read  func(data []byte, into reflect.Value) (rest []byte, ok bool) // nil: not a plain field
}

func planOf(t reflect.Type) (p plan) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "" && name != "-" {
			p = append(p, planned{key: strconv.Quote(name) + ":", index: f.Index, read: plainReader(f.Type)})
		}
	}
	return p
}

func plainReader(t reflect.Type) func([]byte, reflect.Value) ([]byte, bool) {
	pointer := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[uuid.UUID]():
		return readUUID
	case pointer.Implements(reflect.TypeFor[json.Unmarshaler]()),
		pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return nil
	case t.Kind() == reflect.String:
		return readString
	case t.Kind() == reflect.Bool:
		return readBool
	case t.Kind() == reflect.Int64, t.Kind() == reflect.Int:
		return readInt
	}
	return nil
}

// read sets the fields of into, which must be zero, and reports whether it read all of data. Otherwise into is left in
// between.
func (p plan) read(data []byte, into reflect.Value) bool {
	rest, ok := bytes.CutPrefix(data, []byte("{"))
	for first := true; ok; first = false {
		if string(rest) == "}" {
			return true
		}
		if !first {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				return false
			}
		}
		p, rest, ok = p.readField(rest, into)
	}
	return false
}

// readField reads the next field that is there, and returns the fields that may come behind it.
func (p plan) readField(data []byte, into reflect.Value) (behind plan, rest []byte, ok bool) {
	for i, f := range p {
		if len(data) > len(f.key) && string(data[:len(f.key)]) == f.key {
			if f.read == nil {
				return nil, nil, false
			}
			rest, ok = f.read(data[len(f.key):], into.FieldByIndex(f.index))
			return p[i+1:], rest, ok
		}
	}
	return nil, nil, false
}

func readString(data []byte, into reflect.Value) ([]byte, bool) {
	text, rest, ok := plainText(data)
	into.SetString(string(text))
	return rest, ok
}

func readUUID(data []byte, into reflect.Value) ([]byte, bool) {
	text, rest, ok := plainText(data)
	id, err := uuid.ParseBytes(text)
	if !ok || err != nil || len(text) != 36 {
		return nil, false
	}
	*into.Addr().Interface().(*uuid.UUID) = id
	return rest, true
}

func readBool(data []byte, into reflect.Value) ([]byte, bool) {
	if rest, ok := bytes.CutPrefix(data, []byte("true")); ok {
		into.SetBool(true)
		return rest, true
	}
	return bytes.CutPrefix(data, []byte("false"))
}

func readInt(data []byte, into reflect.Value) ([]byte, bool) {
	end := 0
	for end < len(data) && data[end] >= '0' && data[end] <= '9' {
		end++
	}
	n, err := strconv.ParseInt(string(data[:end]), 10, 64)
	if err != nil || end > 1 && data[0] == '0' {
		return nil, false
	}
	into.SetInt(n)
	return data[end:], true
}

// plainText returns the text of a JSON string that has no escapes.
func plainText(data []byte) (text, rest []byte, ok bool) {
	if len(data) == 0 || data[0] != '"' {
		return nil, nil, false
	}
	ascii := true
	for i := 1; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			text = data[1:i]
			return text, data[i+1:], ascii || utf8.Valid(text)
		case c == '\\' || c < ' ':
			return nil, nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, nil, false
}
