package danube

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// form reads the fields of a request and collects what is wrong with them.
type form struct {
	in    input
	isNew bool // what is required must be there
	wrong invalid

	wrongBody invalid // then nothing can be said about fields
}

// fail notes what is wrong with a field, unless something is already.
func (f *form) fail(field string, texts ...string) {
	if len(texts) > 0 && !f.failedOn(field) {
		f.wrong = append(f.wrong, member{field, texts})
	}
}

// invalidData notes that nothing can be made of some value.
func (f *form) invalidData() {
	f.fail(noField, invalidDataText)
}

// failed returns what is wrong with the fields, nil when nothing is.
func (f *form) failed() error {
	switch {
	case len(f.wrongBody) > 0:
		return f.wrongBody
	case len(f.wrong) > 0:
		return f.wrong
	}
	return nil
}

// failedOn reports whether something is wrong with the field.
func (f *form) failedOn(field string) bool {
	return slices.ContainsFunc(f.wrong, func(m member) bool { return m.name == field })
}

// rule returns what is wrong with a value, empty when nothing is.
type rule func(string) string

// textRules are the rules of a text field.
type textRules struct {
	required bool
	raw      bool   // blanks around it belong to it
	rules    []rule // all of which are told
	last     func(string) (string, string)
}

// text returns the field's new value, nil when it stays. What is stored may be sent as it is, whatever the rules say.
func (f *form) text(name, stored string, t textRules) *string {
	v, ok := f.in[name]
	if !ok {
		if f.isNew && t.required {
			f.fail(name, required)
		}
		return nil
	}
	text, isText := textOf(v)
	if !t.raw {
		text = strings.TrimSpace(text)
	}
	switch {
	case !isText:
		f.fail(name, invalidValue)
		return nil
	case text == "" && t.required:
		f.fail(name, required)
		return nil
	case text == stored && !f.isNew:
		return nil
	case text == "":
		return &text
	}
	texts := broken(text, t.rules)
	if len(texts) == 0 && t.last != nil {
		var wrong string
		if text, wrong = t.last(text); wrong != "" {
			texts = []string{wrong}
		}
	}
	f.fail(name, texts...)
	return &text
}

func broken(text string, rules []rule) (texts []string) {
	for _, r := range rules {
		if wrong := r(text); wrong != "" {
			texts = append(texts, wrong)
		}
	}
	return texts
}

// truth returns the field's truth value, nil when the request does not name it.
func (f *form) truth(name string) *bool {
	v, ok := f.in[name]
	if !ok {
		return nil
	}
	truth, err := truthOf(v)
	if err != nil {
		f.invalidData()
		return nil
	}
	return &truth
}

// flag returns whether the request asks for a new key by that field: any text without unsafe characters may do so.
func (f *form) flag(name string) bool {
	if text, ok := f.in[name].(string); ok {
		if texts := broken(text, []rule{atMost(maxEmail), safe}); len(texts) > 0 {
			f.fail(name, texts...)
			return false
		}
	}
	set := f.truth(name)
	return set != nil && *set
}

var wholeNumber = regexp.MustCompile(`^[+-]?[0-9]+$`)

// whole returns the field's whole number, nil when the request does not name it or something is wrong.
func (f *form) whole(name string, choices int64) *int {
	v, ok := f.in[name]
	if !ok {
		return nil
	}
	text, isText := v.(string)
	if n, isNumber := v.(json.Number); isNumber {
		text, isText = n.String(), true
	}
	text = strings.TrimSpace(text)
	if !isText || !wholeNumber.MatchString(text) {
		f.fail(name, notWhole)
		return nil
	}
	n, _ := new(big.Int).SetString(text, 10)
	if n.Sign() < 0 || n.Cmp(big.NewInt(choices)) >= 0 {
		f.fail(name, noChoice(n.String()))
		return nil
	}
	chosen := int(n.Int64())
	return &chosen
}

func noChoice(value string) string {
	return "Select a valid choice. " + value + " is not one of the available choices."
}

func oneOf(choices map[string]bool) rule {
	return func(s string) string {
		if !choices[s] {
			return noChoice(s)
		}
		return ""
	}
}

func atMost(most int) rule {
	return func(s string) string {
		if n := utf8.RuneCountInString(s); n > most {
			return fmt.Sprintf("Ensure this value has at most %d characters (it has %d).", most, n)
		}
		return ""
	}
}

// safe refuses characters that have a meaning in markup, shells and URLs.
func safe(s string) string {
	if strings.ContainsAny(s, `<>%$&;'"`) {
		return invalidValue
	}
	return ""
}
