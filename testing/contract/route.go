package contract

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// route finds the call that a request is, and the parameters of its path. It is nil when the document has none.
func (c *Contract) route(method, path string) (*routers.Route, map[string]string) {
	for _, template := range c.parsed.Paths.InMatchingOrder() {
		item := c.parsed.Paths.Value(template)
		operation := item.GetOperation(method)
		if params, ok := match(template, path); ok && operation != nil && formed(operation, params) {
			return &routers.Route{Spec: c.parsed, Path: template, PathItem: item, Method: method, Operation: operation},
				params
		}
	}
	return nil, nil
}

// match returns the parameters of a path, as it was sent, that has the form of the template.
func match(template, path string) (map[string]string, bool) {
	forms, segments := strings.Split(template, "/"), strings.Split(path, "/")
	if len(forms) != len(segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, form := range forms {
		name, isParameter := strings.CutPrefix(form, "{")
		value, err := url.PathUnescape(segments[i])
		switch {
		case err != nil, isParameter && value == "", !isParameter && form != segments[i]:
			return nil, false
		case isParameter:
			params[strings.TrimSuffix(name, "}")] = value
		}
	}
	return params, true
}

// formed reports whether the parameters of the path have the forms without which a path leads nowhere.
func formed(o *openapi3.Operation, params map[string]string) bool {
	for name, value := range params {
		schema := o.Parameters.GetByInAndName("path", name).Schema.Value
		if schema.Pattern != "" && !regexp.MustCompile(schema.Pattern).MatchString(value) {
			return false
		}
	}
	return true
}
