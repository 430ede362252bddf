package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Contract is a document that exchanges are held to. It is safe for concurrent use.
type Contract struct {
	document object
	parsed   *openapi3.T
}

// object is a JSON object of the document.
type object = map[string]any

// New returns the contract that the document is: something that encodes as OpenAPI 3.1.
func New(document any) (*Contract, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encoding the document: %w", err)
	}
	c := &Contract{}
	if err := json.Unmarshal(text, &c.document); err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	loader := openapi3.NewLoader()
	parsed, err := loader.LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	if err := parsed.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("the document is not valid: %w", err)
	}
	c.parsed = parsed
	return c, nil
}

// Operation is one call that the document describes.
type Operation struct {
	Dialect, Method, Path string

	contract  *Contract
	described object
}

// Operations returns all calls: first those that make and show things, last those that end them.
func (c *Contract) Operations() (out []Operation) {
	paths := c.document["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for method, described := range paths[path].(object) {
			o := described.(object)
			dialect, _, _ := strings.Cut(o["operationId"].(string), "_")
			out = append(out, Operation{dialect, strings.ToUpper(method), path, c, o})
		}
	}
	slices.SortStableFunc(out, func(a, b Operation) int {
		if x, y := turn(a), turn(b); x != y {
			return x - y
		}
		return strings.Compare(a.Path+a.Method, b.Path+b.Method)
	})
	return out
}

// Open reports whether anybody may make the call.
func (o Operation) Open() bool {
	ways, said := o.described["security"].([]any)
	return said && len(ways) == 0
}

// turn is when an operation's turn is.
func turn(o Operation) int {
	switch o.Method {
	case http.MethodPost:
		return 1
	case http.MethodPut:
		return 2
	case http.MethodDelete:
		return 4
	}
	return 3
}

// resolve follows a reference.
func (c *Contract) resolve(schema object) object {
	ref, ok := schema["$ref"].(string)
	if !ok {
		return schema
	}
	at := c.document
	for name := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at[name].(object)
	}
	return c.resolve(at)
}
