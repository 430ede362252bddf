package pterodactyl

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// object is what a request says: names in order, each with nil, a bool, a string, a json.Number or another object.
// Lists are objects whose names are 0, 1 and so on.
type object struct {
	names  []string
	values map[string]any
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) has(name string) bool {
	_, ok := o.values[name]
	return ok
}

func (o *object) set(name string, value any) {
	if !o.has(name) {
		o.names = append(o.names, name)
	}
	o.values[name] = value
}

// add sets the value behind all that is there.
func (o *object) add(value any) {
	n := len(o.names)
	for o.has(strconv.Itoa(n)) {
		n++
	}
	o.set(strconv.Itoa(n), value)
}

// text returns the value as a text, and false when it is nothing or an object.
func (o *object) text(name string) (string, bool) { return textOf(o.values[name]) }

func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "1", true
		}
		return "", true
	}
	return "", false
}

// objectOf returns decoded JSON as an object; what is neither an object nor a list has nothing in it.
func objectOf(decoded any) *object {
	o := newObject()
	switch v := decoded.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			o.set(name, valueOf(v[name]))
		}
	case []any:
		for _, entry := range v {
			o.add(valueOf(entry))
		}
	}
	return o
}

func valueOf(decoded any) any {
	switch decoded.(type) {
	case map[string]any, []any:
		return objectOf(decoded)
	}
	return decoded
}

// clean trims all texts but a password, and makes nil of empty ones.
func (o *object) clean() {
	for name, value := range o.values {
		switch v := value.(type) {
		case *object:
			v.clean()
		case string:
			if name != "password" {
				v = strings.TrimFunc(v, blank)
			}
			o.values[name] = v
			if v == "" {
				o.values[name] = nil
			}
		}
	}
}

// blank reports whether the rune is cut off at the ends of texts.
func blank(r rune) bool {
	const zeroWidthSpace, leftToRightMark, byteOrderMark = '\u200b', '\u200e', '\ufeff'
	return unicode.IsSpace(r) || r == zeroWidthSpace || r == leftToRightMark || r == byteOrderMark
}

// How many variables a query or form may have, and how deep their names may go; what is beyond is ignored.
const (
	maxVariables = 1000
	maxDepth     = 64
)

// setVariable sets a variable of a query or form. Its name tells where: a[b] is b in a, a[] is behind all that is in a.
func (o *object) setVariable(name string, value any) {
	path, ok := pathOf(name)
	if !ok {
		return
	}
	for _, step := range path[:len(path)-1] {
		inner, isObject := o.values[step].(*object)
		if !isObject || step == "" {
			inner = newObject()
			o.put(step, inner)
		}
		o = inner
	}
	o.put(path[len(path)-1], value)
}

func (o *object) put(step string, value any) {
	if step == "" {
		o.add(value)
		return
	}
	o.set(step, value)
}

// mangler makes of a name what such a parser makes of it.
var mangler = strings.NewReplacer(".", "_", " ", "_", "[", "_")

// pathOf takes a variable's name apart, and reports false when the variable is ignored.
func pathOf(name string) (path []string, ok bool) {
	name = strings.TrimLeft(name, " ")
	base, rest, _ := strings.Cut(name, "[")
	if !strings.Contains(rest, "]") {
		base, rest = name, ""
	}
	path = []string{mangler.Replace(base)}
	for more := rest != ""; more; {
		var step string
		if step, rest, more = strings.Cut(rest, "]"); !more {
			break
		}
		path = append(path, step)
		rest, more = strings.CutPrefix(rest, "[")
	}
	return path, base != "" && len(path) <= maxDepth
}
