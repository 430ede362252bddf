package openapi

import (
	"slices"

	"accountd/http/rest"
)

// Header is a header of answers.
type Header struct {
	Name, About string
	Schema      Schema
	Always      bool             // it is on each of these answers
	On          func(Reply) bool // the answers that have it; nil: all
}

// Reply is the answer to a call, by its status: 400 and 500 stand for those that are described as 4XX and 5XX.
type Reply struct {
	Method, Path string
	Operation    Operation
	Status       int
}

// Succeeded reports whether the call was carried out.
func (r Reply) Succeeded() bool { return r.Status < 400 }

// RetryAfter is the header of answers with one of those statuses that says when to ask again.
func RetryAfter(always bool, statuses ...int) Header {
	return Header{Name: "Retry-After", About: "After how many seconds to send the request again.",
		Schema: Count(), Always: always,
		On: Status(statuses...)}
}

// Sequence is the header of these answers that says where in the log a change is.
func Sequence(always bool, on func(Reply) bool) Header {
	return Header{Name: rest.SequenceHeader, About: "The sequence of the change in the log. If there was nothing to " +
		"change, the sequence of the newest change of the object.", Schema: Count(), Always: always, On: on}
}

// Status chooses the answers with one of those statuses.
func Status(statuses ...int) func(Reply) bool {
	return func(r Reply) bool { return slices.Contains(statuses, r.Status) }
}

// headersPlace is where headers are.
const headersPlace = "#/components/headers/"

// headers returns references to the headers of an answer, which are described at the first of them.
func (w writer) headers(r Reply) Schema {
	out := Schema{}
	id := Header{Name: "X-Request-Id", About: "The request's id: the one that the caller sent, or a new one.",
		Schema: Text()}
	for _, h := range append([]Header{id}, w.Headers...) {
		if h.On != nil && !h.On(r) {
			continue
		}
		name := w.Name + "." + h.Name
		described := Schema{"description": h.About, "schema": h.Schema}
		if h.Always {
			name, described["required"] = name+".always", true
		}
		w.described[name] = described
		out[h.Name] = Schema{"$ref": headersPlace + name}
	}
	return out
}
