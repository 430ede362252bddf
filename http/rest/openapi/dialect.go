package openapi

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"accountd/http/rest"
)

// Dialect is one API as the document has it.
type Dialect struct {
	Name, About string
	Title       string            // its name to people
	Routes      []string          // the calls that there are, such as "GET /v1/users/:id"; see [Routes]
	Table       Table             // what they are
	Security    map[string]Schema // the ways to say who asks, of which each is enough
	Problem     any               // the answer to a request that failed
	ProblemType string            // its media type; empty: application/json
}

// Path is where the document of this dialect alone is.
func (d Dialect) Path() string { return Path + "?dialect=" + d.Name }

// Table describes calls, by method and path as the routes have them.
type Table map[string]Operation

// Operation describes a call. Body and Answer are values of the types that the wire has, or a Schema.
type Operation struct {
	Summary string
	About   string      // more than the summary says, if anything
	Query   []Parameter // and headers
	Body    any         // nil: none
	Sent    []string    // media types of the body; none: application/json
	Example any         // of the body
	Answer  any         // of success; nil: none
	Got     string      // media type of the answer; empty: application/json
	Status  int         // of success; 0: 200, or 204 without an answer
	Also    []int       // other statuses of success: 202 and 204 have no answer, others the same
	Open    bool        // for everybody
}

// Parameter is one parameter of the query, or a header.
type Parameter struct {
	Name, About string
	Schema      Schema
	Header      bool
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

// Object returns the schema of an object that is read or written by hand. Each member is a name, with a "!" behind it when it
// is always there, and its schema.
func Object(members map[string]Schema) Schema {
	properties, required := Schema{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		plain, always := strings.CutSuffix(name, "!")
		properties[plain] = members[name]
		if always {
			required = append(required, plain)
		}
	}
	out := Schema{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// Text is the schema of a text, which is one of the values when there are any.
func Text(values ...string) Schema {
	if len(values) == 0 {
		return Schema{"type": "string"}
	}
	return Schema{"type": "string", "enum": values}
}

// Form is the schema of a text of a form, such as uuid or date-time.
func Form(name string) Schema { return Schema{"type": "string", "format": name} }

// Whole is the schema of a whole number.
func Whole() Schema { return Schema{"type": "integer", "format": "int64"} }

// Anything is the schema of any value.
func Anything() Schema {
	return Schema{"type": []string{"object", "array", "string", "number", "boolean", "null"}}
}

// Truth is the schema of a truth value.
func Truth() Schema { return Schema{"type": "boolean"} }

// List is the schema of a list.
func List(of Schema) Schema { return Schema{"type": "array", "items": of} }

// Nullable returns the schema of what may be null, too.
func Nullable(s Schema) Schema {
	out := maps.Clone(s)
	if kind, ok := s["type"].(string); ok {
		out["type"] = []string{kind, "null"}
		if values, ok := s["enum"].([]string); ok {
			all := []any{nil}
			for _, v := range values {
				all = append(all, v)
			}
			out["enum"] = all
		}
		return out
	}
	return Schema{"anyOf": []Schema{s, {"type": "null"}}}
}
