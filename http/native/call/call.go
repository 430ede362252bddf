package call

import (
	"net/http"
	"slices"

	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

// Call is a call of the API, whole: how a request comes to it, what answers, and what programs and people read about
// it.
type Call struct {
	Method, Path string
	Handle       Handler
	Open         rest.Handler // in the place of Handle: anybody may make the call
	Changes      Changes
	Shows        Version
	MakesUser    bool // the answer is about a user who was not there before
	// Doc describes the call. It takes parameters when Doc.Query has some; what all calls like this one take and answer
	// is added.
	Doc openapi.Operation
}

// Changes says what a call changes.
type Changes int

const (
	Nothing  Changes = iota // it only reads
	Own                     // something with a version of its own, in the log
	OfUser                  // something that has its user's version, in the log
	Unlogged                // something that is not in the log, or is shown with what is in no version
	Lines                   // what the lines of the body say, each of which has an outcome of its own
)

// Version says which version a call's answer has.
type Version int

const (
	NoVersion  Version = iota
	Tagged             // that of the one thing that it shows, as its ETag
	UnlessSame         // likewise, and who has that version already is told so with 304 (If-None-Match)
	UnlessPast         // likewise, but for an answer to what was, on which no change can build
	AtPosition         // that of the log, at which everything stood as it is shown
)

// Noun is what the API has about one thing: a group of calls, as its documentation has it. Nouns may share a group; the
// first says what it is about.
type Noun struct {
	Tag   openapi.Tag
	Calls []Call
}

// Calls returns the calls of all nouns.
func Calls(nouns []Noun) (out []Call) {
	for _, n := range nouns {
		out = append(out, n.Calls...)
	}
	return out
}

func (c Call) name() string { return c.Method + " " + c.Path }

// replaces reports whether the call changes or deletes what is there, so that it may be bound to a version.
func (c Call) replaces() bool { return c.Method == http.MethodPatch || c.Method == http.MethodDelete }

// takesVersion reports whether the call changes something that has a version of its own, which a service may want to be
// named.
func (c Call) takesVersion() bool { return c.replaces() && c.Changes == Own }

// recorded reports whether the answer tells where in the log the change is, or what it shows.
func (c Call) recorded() bool {
	return c.Changes == Own || c.Changes == OfUser || c.Shows == AtPosition
}

// compared reports whether who has what the call shows is told so.
func (c Call) compared() bool { return c.Shows == UnlessSame || c.Shows == UnlessPast }

// Serve returns the handler of the calls. Rehearsals are the same ones of [Kernel.Powerless].
func (k *Kernel) Serve(nouns, rehearsals []Noun) http.Handler {
	var routes []rest.Route
	rehearsed := Calls(rehearsals)
	for i, c := range Calls(nouns) {
		handle := c.Open
		if handle == nil {
			handle = k.Authenticated(k.wrapped(c, rehearsed[i].Handle))
		}
		routes = append(routes, rest.Route{Method: c.Method, Path: c.Path, Handle: handle})
		if c.Method == http.MethodGet {
			routes = append(routes, rest.Route{Method: http.MethodHead, Path: c.Path, Handle: handle})
		}
	}
	return escaped(rest.NewMux(routes, WriteProblem))
}

// wrapped returns the call's handler with everything that such a call has.
func (k *Kernel) wrapped(c Call, rehearse Handler) Handler {
	h := c.Handle
	if len(c.Doc.Query) == 0 {
		h = withoutQuery(h)
	}
	if c.Method == http.MethodGet {
		return fieldsShown(h, membersShown(c.Doc))
	}
	if c.Changes != Lines { // which are known by what they say
		h = k.Once(c, h, rehearse)
	}
	if c.takesVersion() {
		h = k.conditional(h)
	}
	return h
}

// described returns the call's documentation with what all calls like it take and answer.
func (c Call) described(tag string) openapi.Operation {
	o := c.Doc
	o.Tag, o.Query = tag, slices.Clone(o.Query)
	if c.compared() {
		o.Also = append(slices.Clone(o.Also), http.StatusNotModified)
	}
	if c.Method == http.MethodPatch {
		o.Sent = []string{TypeMergePatch, TypeJSON}
	}
	if c.Open != nil {
		return o
	}
	o.Query = append(o.Query, c.headers()...)
	if members := membersShown(o); c.Method == http.MethodGet && len(members) > 0 {
		o.Query = append(o.Query, FieldsOf(members))
	}
	return o
}

// Describe adds the calls, and what is common to them, to what the OpenAPI document has about the API.
func Describe(d openapi.Dialect, nouns []Noun) openapi.Dialect {
	d.Problem, d.ProblemType, d.Failures = Problem{}, "application/problem+json", FailureStatuses()
	d.Table = openapi.Table{}
	calls := map[string]Call{}
	for _, n := range nouns {
		if !slices.ContainsFunc(d.Tags, func(t openapi.Tag) bool { return t.Name == n.Tag.Name }) {
			d.Tags = append(d.Tags, n.Tag)
		}
		for _, c := range n.Calls {
			calls[c.name()] = c
			d.Routes = append(d.Routes, c.name())
			d.Table[c.name()] = c.described(n.Tag.Name)
		}
	}
	d.Headers = answerHeaders(func(r openapi.Reply) Call { return calls[r.Method+" "+r.Path] })
	return d
}
