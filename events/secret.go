package events

import (
	"log/slog"
	"reflect"
)

// Masked stands where a secret must not be shown.
const Masked = "***"

// Secret is a text that must never be seen outside a sealed payload: it prints and logs as "***". Encoding it as JSON
// writes it in clear, because sealed payloads are JSON; whatever leaves the service goes through [Mask] or names the
// secret on purpose with Reveal.
type Secret string

// Reveal returns the secret in clear.
func (s Secret) Reveal() string { return string(s) }

// String returns "***", or nothing for an empty Secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Masked
}

// GoString keeps the secret out of %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue keeps the secret out of logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

var secretType = reflect.TypeFor[Secret]()

// Mask returns a copy of the Event in which every [Secret] that is set reads "***".
func Mask(e Event) Event {
	if e == nil {
		return nil
	}
	return masked(reflect.ValueOf(e)).Interface().(Event)
}

func masked(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch {
	case v.Type() == secretType:
		out.SetString(Secret(v.String()).String())
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(masked(v.Field(i)))
			}
		}
	case v.Kind() == reflect.Pointer && !v.IsNil():
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(masked(v.Elem()))
	case v.Kind() == reflect.Slice && !v.IsNil():
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(masked(v.Index(i)))
		}
	}
	return out
}
