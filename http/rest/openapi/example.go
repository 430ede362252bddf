package openapi

import (
	"maps"
	"slices"
	"strings"
)

// samples are values that people recognize, by the names of members in all APIs.
func samples() map[string]string {
	return map[string]string{
		"email": "grace@example.org", "username": "grace", "login": "grace", "name": "Grace Hopper",
		"display_name": "Grace Hopper",
		"first_name":   "Grace", "last_name": "Hopper", "phone": "+12025550100", "language": "en",
		"timezone":    "Europe/Prague",
		"external_id": "crm-7", "password": "battery staple", "url": "https://example.org/hooks", "title": "laptop",
		"memo":    "billing",
		"comment": "since 2024", "datacenter": "main", "dc_bound": "main", "owner": "grace", "city": "Arlington",
		"code":   "user_not_found",
		"detail": "There is no such user.", "id": "0198c0de-0000-7000-8000-0000000000a1",
	}
}

// example returns a value that the schema allows, of a member of that name.
func (s schemas) example(schema Schema, name string) any {
	if ref, ok := schema["$ref"].(string); ok {
		return s.example(s.named[strings.TrimPrefix(ref, place)].(Schema), name)
	}
	for _, keyword := range []string{"anyOf", "oneOf"} {
		if choices, ok := schema[keyword].([]Schema); ok {
			return s.example(choices[0], name)
		}
	}
	if value, ok := schema["const"]; ok {
		return value
	}
	if values, ok := schema["examples"].([]any); ok {
		return values[0]
	}
	return s.made(schema, name)
}

// made makes an example of what the type allows.
func (s schemas) made(schema Schema, name string) any {
	switch kindOf(schema) {
	case "object":
		return s.exampleObject(schema)
	case "array":
		items, _ := schema["items"].(Schema)
		return []any{s.example(items, strings.TrimSuffix(name, "s"))}
	case "string":
		return exampleText(schema, name)
	case "integer", "number":
		if least, ok := schema["minimum"]; ok {
			return least
		}
		return 1
	case "boolean":
		return true
	}
	return nil
}

// kindOf returns the type, the one that is not null.
func kindOf(schema Schema) string {
	if kinds, ok := schema["type"].([]string); ok {
		return kinds[0]
	}
	kind, _ := schema["type"].(string)
	return kind
}

func (s schemas) exampleObject(schema Schema) Schema {
	out := Schema{}
	members, _ := schema["properties"].(Schema)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		out[name] = s.example(members[name].(Schema), name)
	}
	return out
}

func exampleText(schema Schema, name string) any {
	switch values := schema["enum"].(type) {
	case []string:
		return values[0]
	case []any:
		return values[len(values)-1] // the first is null
	}
	switch schema["format"] {
	case "uuid":
		return "0198c0de-0000-7000-8000-0000000000a1"
	case "date-time":
		return "2030-01-02T12:00:00Z"
	case "email":
		return samples()["email"]
	case "uri":
		return "https://example.org/back"
	}
	if sample, ok := samples()[name]; ok {
		return sample
	}
	return "text"
}
