package events

import (
	"reflect"
)

// Public returns the Event as it may be shown in clear: without its Secrets, which do not even leave their names
// behind. Its JSON is the Event's otherwise. It is nil for nil.
func Public(e Event) any {
	if e == nil {
		return nil
	}
	from := reflect.ValueOf(e)
	form, ok := publicForms[from.Type()]
	if !ok {
		form = PublicType(from.Type())
	}
	return publicOf(from, form).Interface()
}

// publicForms are the types of what Public returns, for every registered type.
var publicForms = func() map[reflect.Type]reflect.Type {
	forms := make(map[reflect.Type]reflect.Type, len(registry))
	for _, name := range Types() {
		t := TypeOf(name)
		forms[t] = PublicType(t)
	}
	return forms
}()

// knownFields are the public fields of every struct with a Secret in it that a registered type consists of.
var knownFields = func() map[reflect.Type][]reflect.StructField {
	known := map[reflect.Type][]reflect.StructField{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		switch {
		case !holdsSecret(t):
		case t.Kind() == reflect.Pointer, t.Kind() == reflect.Slice:
			walk(t.Elem())
		case t.Kind() == reflect.Struct:
			known[t] = publicFields(t)
			for _, f := range known[t] {
				walk(f.Type)
			}
		}
	}
	for t := range publicForms {
		walk(t)
	}
	return known
}()

// TypeOf returns the Go type of that type's Events, nil for a type that the registry does not have.
func TypeOf(name string) reflect.Type {
	zero, err := Unmarshal(name, []byte("{}"))
	if err != nil {
		return nil
	}
	return reflect.TypeOf(zero)
}

// PublicType returns the type in which [Public] returns values of type t: t itself when no Secret is in it.
func PublicType(t reflect.Type) reflect.Type {
	switch {
	case !holdsSecret(t):
		return t
	case t.Kind() == reflect.Pointer:
		return reflect.PointerTo(PublicType(t.Elem()))
	case t.Kind() == reflect.Slice:
		return reflect.SliceOf(PublicType(t.Elem()))
	}
	var fields []reflect.StructField
	for _, f := range publicFields(t) {
		fields = append(fields, reflect.StructField{Name: f.Name, Type: PublicType(f.Type), Tag: f.Tag})
	}
	return reflect.StructOf(fields)
}

// publicFields are the fields of a struct as JSON has them, those of embedded structs among them, but no Secrets.
func publicFields(t reflect.Type) (fields []reflect.StructField) {
	for _, f := range reflect.VisibleFields(t) {
		if f.IsExported() && !f.Anonymous && !isSecret(f.Type) {
			fields = append(fields, f)
		}
	}
	return fields
}

func isSecret(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		return isSecret(t.Elem())
	}
	return t == secretType
}

func holdsSecret(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return holdsSecret(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && holdsSecret(f.Type) {
				return true
			}
		}
	}
	return t == secretType
}

// publicOf returns v in the form that PublicType gave for its type.
func publicOf(v reflect.Value, form reflect.Type) reflect.Value {
	if v.Type() == form {
		return v
	}
	out := reflect.New(form).Elem()
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(form.Elem()))
			out.Elem().Set(publicOf(v.Elem(), form.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(form, v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(publicOf(v.Index(i), form.Elem()))
			}
		}
	default:
		fields, ok := knownFields[v.Type()]
		if !ok {
			fields = publicFields(v.Type())
		}
		for i, f := range fields {
			out.Field(i).Set(publicOf(v.FieldByIndex(f.Index), form.Field(i).Type))
		}
	}
	return out
}
