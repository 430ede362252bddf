package openapi

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
)

// schemas gathers the schemas of a document.
type schemas struct {
	dialect string
	named   Schema // by name
}

// of returns the schema of a value's type, or the value itself when it is a Schema.
func (s schemas) of(v any) Schema {
	if done, ok := v.(Schema); ok {
		return done
	}
	return s.ofType(reflect.TypeOf(v))
}

// resolved is like of, and follows a reference.
func (s schemas) resolved(v any) Schema {
	schema := s.of(v)
	if name, ok := schema["$ref"].(string); ok {
		return s.named[strings.TrimPrefix(name, place)].(Schema)
	}
	return schema
}

// place is where named schemas are.
const place = "#/components/schemas/"

func (s schemas) ofType(t reflect.Type) Schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return Form("date-time")
	case reflect.TypeFor[uuid.UUID]():
		return Form("uuid")
	case reflect.TypeFor[json.RawMessage](), reflect.TypeFor[any]():
		return Anything()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return Nullable(s.ofType(t.Elem()))
	case reflect.Struct:
		return s.ofStruct(t)
	case reflect.Slice, reflect.Array:
		return List(s.ofType(t.Elem()))
	case reflect.Map:
		return Schema{"type": "object", "additionalProperties": s.ofType(t.Elem())}
	case reflect.Bool:
		return Truth()
	case reflect.Float32, reflect.Float64:
		return Schema{"type": "number"}
	case reflect.String:
		return Text()
	}
	return Whole()
}

// ofStruct returns a reference to the type's schema, or the schema itself when the type has no name of its own.
func (s schemas) ofStruct(t reflect.Type) Schema {
	if t.Name() == "" || strings.Contains(t.Name(), "[") {
		return s.object(t)
	}
	name := s.dialect + "." + inSmall(strings.TrimSuffix(t.Name(), "Answer"))
	if _, ok := s.named[name]; !ok {
		s.named[name] = Schema{} // it may stand within itself
		s.named[name] = s.object(t)
	}
	return Schema{"$ref": place + name}
}

// inSmall returns a name that begins with a small letter, whether the type is exported or not.
func inSmall(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func (s schemas) object(t reflect.Type) Schema {
	properties, required := Schema{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		properties[name] = s.ofType(f.Type)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			required = append(required, name)
		}
	}
	out := Schema{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}
