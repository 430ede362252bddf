package transcript

import (
	"net/http"
	"strings"
)

// Request is a request as it stands in a transcript.
type Request struct {
	Method string
	Target string  // path and query, as sent
	Fields []Field // the headers, in order; which of them are sent is the Player's to say
	Body   string
}

// Field is one line of a request's head. An empty value means that the line has nothing behind the colon.
type Field struct{ Name, Value string }

// Take removes the fields of that name from the request and returns the last one's value. It is for lines that say how
// the request is made and are not sent.
func (r *Request) Take(name string) (value string, ok bool) {
	var rest []Field
	for _, f := range r.Fields {
		if f.Name != name {
			rest = append(rest, f)
			continue
		}
		value, ok = f.Value, true
	}
	r.Fields = rest
	return value, ok
}

// Set puts the fields into the header, in place of what stands there under their names. A field with an empty value is
// not sent; one that stands twice is sent twice.
func (r Request) Set(h http.Header) {
	for _, f := range r.Fields {
		h.Del(f.Name)
	}
	for _, f := range r.Fields {
		if f.Value != "" {
			h.Add(f.Name, f.Value)
		}
	}
}

func parse(text string) Request {
	head, body, _ := strings.Cut(text, "\n\n")
	first, lines, _ := strings.Cut(head, "\n")
	method, target, _ := strings.Cut(first, " ")
	r := Request{Method: method, Target: target, Body: body}
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		r.Fields = append(r.Fields, Field{name, strings.TrimPrefix(value, " ")})
	}
	return r
}
