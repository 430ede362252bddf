package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// Exchange is a request and the answer to it.
type Exchange struct {
	Request *http.Request
	Sent    []byte
	Status  int
	Header  http.Header
	Got     []byte
}

// Rules say how far a service goes beyond its document.
type Rules struct {
	Lenient bool     // it grants requests that are not as described, too
	Partial string   // a parameter by which an answer has fewer members than it must have
	Bare    []string // answers that are what they are, whatever type they say
	// Call returns the described call that another one stands for, with an empty path for what nobody describes; nil:
	// itself.
	Call func(method, path string) (string, string)
}

// Check returns how the exchange differs from the document.
func (c *Contract) Check(x Exchange, rules Rules) error {
	asked := x.Request.Clone(x.Request.Context())
	method, path := asked.Method, asked.URL.EscapedPath()
	if rules.Call != nil {
		method, path = rules.Call(method, path)
	}
	if path == "" || asked.Method == http.MethodHead || asked.Method == http.MethodOptions {
		// GET without a body; what a path is good for
		return nil
	}
	route, params := c.route(method, path)
	if route == nil {
		if x.Status < http.StatusMultipleChoices {
			return fmt.Errorf("answered %d, but the call is not described", x.Status)
		}
		return nil
	}
	asked.Body = io.NopCloser(bytes.NewReader(x.Sent))
	in := &openapi3filter.RequestValidationInput{Request: asked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
			ExcludeRequestQueryParams: true, ExcludeReadOnlyValidations: true, ExcludeWriteOnlyValidations: true}}
	if slices.Contains(rules.Bare, string(x.Got)) || rules.Partial != "" && x.Status == http.StatusOK &&
		asked.URL.Query().Has(rules.Partial) {
		return nil
	}
	if rules.Lenient {
		return x.described(in)
	}
	return errors.Join(x.granted(in), x.described(in))
}

// granted compares a request that succeeded with the document. One that does not say what it sends is not looked at: it
// counts as what is expected.
func (x Exchange) granted(in *openapi3filter.RequestValidationInput) error {
	if x.Status >= http.StatusMultipleChoices || x.Request.Header.Get("Content-Type") == "" ||
		unread(x.Request.Header) {
		return nil
	}
	if err := openapi3filter.ValidateRequest(in.Request.Context(), in); err != nil {
		return fmt.Errorf("answered %d, but the request is not as described: %w", x.Status, err)
	}
	return nil
}

// described compares the answer with the document.
func (x Exchange) described(in *openapi3filter.RequestValidationInput) error {
	responses := in.Route.Operation.Responses
	if described := responses.Status(x.Status); described != nil && len(described.Value.Content) == 0 &&
		len(x.Got) > 0 {
		return fmt.Errorf("answered %d with a body, but none is described", x.Status)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: x.Status,
		Header: canonical(x.Header), Options: in.Options}
	if unread(x.Header) {
		out.Options = &openapi3filter.Options{IncludeResponseStatus: true, ExcludeResponseBody: true}
	}
	if err := openapi3filter.ValidateResponse(in.Request.Context(), out.SetBodyBytes(x.Got)); err != nil {
		return fmt.Errorf("answered %d, not as described: %w", x.Status, err)
	}
	return nil
}

// canonical returns the header with its names as they are looked for. A dialect may have others.
func canonical(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		out[http.CanonicalHeaderKey(name)] = values
	}
	return out
}

// unread reports whether the body is of a form that no schema describes.
func unread(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "application/x-ndjson" || kind == "text/event-stream" || kind == "text/html"
}
