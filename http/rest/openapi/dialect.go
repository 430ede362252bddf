package openapi

import (
	"maps"
	"net/http"
	"slices"

	"accountd/http/rest"
)

// Dialect is one API as the document has it.
type Dialect struct {
	Name, About string
	Title       string            // its name to people
	Routes      []string          // the calls that there are, such as "GET /v1/users/:id"; see [Routes]
	Table       Table             // what they are
	Tags        []Tag             // the groups of calls, in their order; none: all are one
	Segments    map[string]Schema // the forms of the paths' parameters, by name; those that are not in it are any text
	Security    map[string]Schema // the ways to say who asks, of which each is enough
	Headers     []Header          // of its answers
	Failures    []int             // statuses of failure that have headers of their own
	Problem     any               // the answer to a request that failed
	ProblemType string            // its media type; empty: application/json
}

// Path is where the document of this dialect alone is.
func (d Dialect) Path() string { return Path + "?dialect=" + d.Name }

// tags returns the groups of calls, of which there is always one.
func (d Dialect) tags() []Tag {
	if len(d.Tags) == 0 {
		return []Tag{{d.Name, d.About}}
	}
	return d.Tags
}

// Tag is a group of calls.
type Tag struct{ Name, About string }

// Table describes calls, by method and path as the routes have them.
type Table map[string]Operation

// Operation describes a call. Body, Answer and Failure are values of the types that the wire has, or a Schema.
type Operation struct {
	Summary string
	Tag     string      // the group, where the dialect has several
	About   string      // more than the summary says, if anything
	Query   []Parameter // and headers
	Body    any         // nil: none
	Sent    []string    // media types of the body; none: application/json
	Example any         // of the body; nil: one is made of what its members may be
	Result  any         // an example of the answer; nil: likewise
	Answer  any         // of success; nil: none
	Got     string      // media type of the answer; empty: application/json
	Status  int         // of success; 0: 200, or 204 without an answer
	Also    []int       // other statuses of success: 202 and 204 have no answer, others the same
	Open    bool        // for everybody
	Failure any         // the answer to one that failed, where it is not the dialect's; nil: it is
}

// Parameter is one parameter of the query, or a header.
type Parameter struct {
	Name, About string
	Schema      Schema
	Header      bool
	Always      bool // it must be there
}

// Schema is a JSON schema.
type Schema = map[string]any

// Routes returns the routes' calls, without HEAD, which every GET has beside it.
func Routes(routes []rest.Route) (calls []string) {
	for _, r := range routes {
		if r.Method != http.MethodHead {
			calls = append(calls, r.Method+" "+r.Path)
		}
	}
	return calls
}

// Drift returns the calls that are not described, and those that are described but do not exist.
func (d Dialect) Drift() (missing, unknown []string) {
	for _, call := range d.Routes {
		if d.Table[call].Summary == "" {
			missing = append(missing, call)
		}
	}
	for _, call := range slices.Sorted(maps.Keys(d.Table)) {
		if !slices.Contains(d.Routes, call) {
			unknown = append(unknown, call)
		}
	}
	return missing, unknown
}
