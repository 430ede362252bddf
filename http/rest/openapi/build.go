package openapi

import (
	"maps"
	"slices"
	"strings"
)

// Object returns the schema of an object that is read or written by hand. Each member is a name, with a "!" behind it
// when it is always there, and its schema.
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

// Line is the schema of a text on one line, without blanks around it, of at most so many characters.
func Line(most int) Schema {
	return Schema{"type": "string", "maxLength": most,
		"pattern": `^([^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?)?$`}
}

// Lines is the schema of a text that may have several lines, of at most so many characters.
func Lines(most int) Schema { return Schema{"type": "string", "maxLength": most} }

// Matching is the schema of a text that matches the regular expression as a whole.
func Matching(expression string) Schema {
	return Schema{"type": "string", "pattern": "^(" + expression + ")$"}
}

// Filled returns the schema of a text that is not empty.
func Filled(s Schema) Schema {
	out := maps.Clone(s)
	out["minLength"] = 1
	return out
}

// Count is the schema of a whole number from 0 up.
func Count() Schema { return Schema{"type": "integer", "minimum": 0} }

// Within is the schema of a whole number between two others.
func Within(least, most int64) Schema {
	return Schema{"type": "integer", "format": "int64", "minimum": least, "maximum": most}
}

// Set is the schema of a list of at most so many different values.
func Set(of Schema, most int) Schema {
	return Schema{"type": "array", "items": of, "maxItems": most, "uniqueItems": true}
}

// Or returns the schema of what is of one of the schemas.
func Or(schemas ...Schema) Schema { return Schema{"anyOf": schemas} }

// With returns the schema with a member of the schema language, such as an example.
func With(s Schema, name string, value any) Schema {
	out := maps.Clone(s)
	out[name] = value
	return out
}

// ReadOnly returns the schema of what a request may repeat, but not change.
func ReadOnly(s Schema) Schema { return With(s, "readOnly", true) }
