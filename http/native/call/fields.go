package call

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"accountd/http/rest/openapi"
)

// EachMember visits the members of an object in their order.
func EachMember(object []byte, visit func(name string, value json.RawMessage)) error {
	in := json.NewDecoder(bytes.NewReader(object))
	if _, err := in.Token(); err != nil {
		return err
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return err
		}
		visit(name.(string), value)
	}
	return nil
}

// Marshal encodes what always can be.
func Marshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage(`"unreadable"`) // only a resource's data, which others wrote, could be none
	}
	return b
}

// FieldsParameter names the members that are wanted of what a GET shows; id always stays.
const FieldsParameter = "fields"

// membersShown returns the members of what a call shows, one object or a list of them; none of what is no JSON.
func membersShown(o openapi.Operation) []string {
	if o.Got != "" || o.Answer == nil {
		return nil
	}
	if schema, ok := o.Answer.(openapi.Schema); ok {
		return MembersOfSchema(schema)
	}
	t := reflect.TypeOf(o.Answer)
	if data, ok := t.FieldByName("Data"); ok && data.Type.Elem().Kind() == reflect.Struct {
		t = data.Type.Elem()
	}
	return membersOf(t)
}

// MembersOfSchema returns the members of what such a schema shows, one object or a list of them.
func MembersOfSchema(schema openapi.Schema) (names []string) {
	members, _ := schema["properties"].(openapi.Schema)
	if data, ok := members["data"].(openapi.Schema); ok {
		members, _ = data["items"].(openapi.Schema)["properties"].(openapi.Schema)
	}
	for name := range members {
		names = append(names, name)
	}
	return names
}

// fieldsShown lets the handler's answer have only the members that the request asks for, of those that there are.
func fieldsShown(h Handler, members []string) Handler {
	if len(members) == 0 {
		return h
	}
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		asked, wanted, err := TakeFields(r, members)
		if err != nil {
			return err
		}
		if wanted == nil {
			return h(w, asked, c)
		}
		all := &buffered{ResponseWriter: w, status: http.StatusOK}
		if err := h(all, asked, c); err != nil {
			return err
		}
		return all.send(append(wanted, "id"))
	}
}

// TakeFields returns the request without the members that are wanted, of those that there are, and these; nil: all.
func TakeFields(r *http.Request, members []string) (asked *http.Request, wanted []string, err error) {
	if !strings.Contains(r.URL.RawQuery, FieldsParameter) {
		return r, nil, nil
	}
	query, err := QueryOf(r)
	if err != nil || !query.Has(FieldsParameter) {
		return r, nil, err
	}
	value, err := Single(query, FieldsParameter)
	if err != nil {
		return nil, nil, err
	}
	wanted = strings.Split(value, ",")
	for _, name := range wanted {
		if !slices.Contains(members, name) {
			return nil, nil, BadParameter(FieldsParameter, "field_unknown", "There is no such member to show.")
		}
	}
	target := *r.URL
	target.RawQuery = Without(r.URL.RawQuery, FieldsParameter)
	rest := r.WithContext(context.WithValue(r.Context(), sentQuery{}, r.URL.RawQuery))
	rest.URL = &target
	return rest, wanted, nil
}

// sentQuery is where a request has the query with which it came, when parameters were taken out.
type sentQuery struct{}

// RawQuery returns the query with which the request came; links lead to what is asked for in the same way.
func RawQuery(r *http.Request) string {
	if sent, ok := r.Context().Value(sentQuery{}).(string); ok {
		return sent
	}
	return r.URL.RawQuery
}

// buffered is an answer that is not sent before it is whole.
type buffered struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *buffered) WriteHeader(status int)      { h.status = status }
func (h *buffered) Write(b []byte) (int, error) { return h.body.Write(b) }

// send sends the answer with the wanted members.
func (h *buffered) send(wanted []string) error {
	body, err := h.body.Bytes(), error(nil)
	if h.status == http.StatusOK {
		body, err = chosen(body, wanted)
	}
	if err != nil {
		return err
	}
	h.ResponseWriter.WriteHeader(h.status)
	_, _ = h.ResponseWriter.Write(body) // the client may be gone
	return nil
}

// chosen returns the object, or the list of objects, with the wanted members alone, in their order.
func chosen(body []byte, wanted []string) ([]byte, error) {
	var list ListAnswer[json.RawMessage]
	if json.Unmarshal(body, &list) != nil || list.Data == nil {
		return ChosenMembers(body, wanted)
	}
	for i, element := range list.Data {
		var err error
		if list.Data[i], err = ChosenMembers(element, wanted); err != nil {
			return nil, err
		}
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return nil, err
	}
	data, err := json.Marshal(list.Data)
	if err != nil {
		return nil, err
	}
	return slices.Concat([]byte(`{"data":`), data, []byte(`,"meta":`), whole["meta"], []byte("}")), nil
}

// ChosenMembers returns the object with the wanted members alone, in its order.
func ChosenMembers(object []byte, wanted []string) ([]byte, error) {
	out := []byte("{")
	err := EachMember(object, func(name string, value json.RawMessage) {
		if slices.Contains(wanted, name) {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = slices.Concat(out, Marshal(name), []byte(":"), value)
		}
	})
	return append(out, '}'), err
}
