package clientuser

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"accountd/http/rest"
)

// fields reads the members of a request's object one after another. The first thing that is wrong stays as its error.
// Members that nobody asks for mean nothing: clients send back whole objects.
type fields struct {
	members map[string]json.RawMessage
	update  bool // null is a value; otherwise it is like an absent member
	err     error
}

// readFields reads a body that is one JSON object, whatever type it says to be of.
func readFields(w http.ResponseWriter, r *http.Request) (*fields, error) {
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	members, err := rest.DecodeObject[map[string]json.RawMessage](body, false)
	return &fields{members: members}, err
}

func (f *fields) fail(name, detail string) {
	if f.err == nil {
		f.err = badField(name, detail)
	}
}

func (f *fields) null(name string) bool { return string(f.members[name]) == "null" }

// text returns a member that is a text, nil when it is absent or null.
func (f *fields) text(name string) *string {
	raw := f.members[name]
	if raw == nil || f.null(name) {
		return nil
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		f.fail(name, name+" must be a string.")
		return nil
	}
	return &s
}

// filled returns a text that must not be empty, nil when it is absent. It is null only where an answer shows null for
// what is stored; then it stays.
func (f *fields) filled(name, stored string) *string {
	s := f.text(name)
	switch {
	case s == nil && f.null(name) && stored != "", s != nil && *s == "" && stored != "":
		f.fail(name, name+" must not be empty.")
	case s != nil && *s == "":
		return nil
	}
	return s
}

// required returns a text that must be there.
func (f *fields) required(name string) string {
	s := f.text(name)
	if s == nil || *s == "" {
		f.fail(name, name+" is required.")
		return ""
	}
	return *s
}

// clearable returns a text that null empties, nil when it is absent.
func (f *fields) clearable(name string) *string {
	if f.null(name) {
		return new(string)
	}
	return f.text(name)
}

// choice returns a text that is one of the values, nil when it is absent.
func (f *fields) choice(name string, values ...string) *string {
	s := f.text(name)
	if f.update && f.null(name) || s != nil && !slices.Contains(values, *s) {
		f.fail(name, name+" must be "+strings.Join(values, " or ")+".")
		return nil
	}
	return s
}

// truth returns whether a member is true: as JSON has it or, as Python writes it, in a text. Absent and null are false.
func (f *fields) truth(name string) bool {
	switch strings.Trim(string(f.members[name]), `"`) {
	case "true", "True":
		return true
	case "", "null", "false", "False":
	default:
		f.fail(name, name+" must be true or false.")
	}
	return false
}
