package pterodactyl

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"accountd/commands"
	"accountd/projections"
)

// The longest texts, in characters.
const maxText = 191

// defaultLanguage is the language of a user for whom none is stored, and the only one that may be set.
const defaultLanguage = "en"

// username is the form of a username in lower case.
var username = regexp.MustCompile(`^[a-z0-9][\w.-]+[a-z0-9]$`)

// The texts that do not depend on the field.
const (
	emailText    = "The email must be a valid email address."
	usernameText = "The username must start and end with alpha-numeric characters and\n                contain only " +
		"letters, numbers, dashes, underscores, and periods."
	passwordText = "The password may not be greater than 1024 bytes."
)

// labels are the panel's words for its fields.
var labels = map[string]string{
	"email": "email", "external_id": "Third Party Identifier", "username": "username", "password": "password",
	"root_admin": "Root Administrator Status", "language": "language", "first_name": "first name",
	"last_name": "last name",
}

// wireField returns what the wire calls a field of the domain, empty when it has no such field.
func wireField(field string) string {
	if field == "super_admin" {
		field = "root_admin"
	}
	if labels[field] == "" {
		return ""
	}
	return field
}

func uniqueText(field string) string { return "The " + labels[field] + " has already been taken." }

// check looks at the fields of a user, in the panel's order, and collects what breaks a rule.
type check struct {
	input  *object
	states *projections.Snapshot
	before *commands.User // empty when the user is new
	isNew  bool
	wrong  []wireError
}

func (c *check) fail(field, rule string) {
	label := "The " + labels[field]
	text := map[string]string{
		"required": label + " field is required.", "email": emailText, "between": label +
			" must be between 1 and 191 characters.",
		"unique": uniqueText(field), "string": label + " must be a string.",
		"max":     label + " may not be greater than 191 characters.",
		"boolean": label + " field must be true or false.", "in": "The selected " + labels[field] + " is invalid.",
		"p_username": usernameText,
	}[rule]
	c.wrong = append(c.wrong, wireError{code: codeValidation, detail: text, field: field, rule: rule})
}

// failed reports whether something is wrong with the field.
func (c *check) failed(field string) bool {
	return len(c.wrong) > 0 && c.wrong[len(c.wrong)-1].field == field
}

// readUser reads what a request says about a user. What is stored may be repeated, whatever another API let in.
func readUser(c call) (userRequest, error) {
	k := &check{input: c.input, states: c.states, before: c.user, isNew: c.user == nil}
	if k.isNew {
		k.before = &commands.User{}
	}
	u := userRequest{
		email: k.email(), externalID: k.externalID(), username: k.username(), password: k.password(),
		rootAdmin: k.rootAdmin(),
		language:  k.language(), firstName: k.name("first_name", k.before.FirstName),
		lastName: k.name("last_name", k.before.LastName),
	}
	if len(k.wrong) > 0 {
		return userRequest{}, invalid(k.wrong)
	}
	return u, nil
}

// required returns the field's value; without one the field fails. A text that was stored empty may stay so.
func (c *check) required(field, before string) (value any, ok bool) {
	value = c.input.values[field]
	list, isList := value.(*object)
	if value == nil && (c.isNew || before != "" || !c.input.has(field)) || isList && len(list.names) == 0 {
		c.fail(field, "required")
		return nil, false
	}
	return value, true
}

// stays reports whether the value is what the user has already.
func (c *check) stays(value any, before string) bool {
	text, isText := value.(string)
	return !c.isNew && text == before && (isText || value == nil)
}

func (c *check) email() string {
	value, ok := c.required("email", c.before.Email)
	text, isText := value.(string)
	if !ok || c.stays(value, c.before.Email) {
		return text
	}
	if !isText || !commands.ValidEmail(text) {
		c.fail("email", "email")
	}
	c.between("email", value)
	c.unique("email", c.states.UserByName, text)
	return text
}

func (c *check) externalID() *string {
	if !c.input.has("external_id") {
		return nil
	}
	value := c.input.values["external_id"]
	text, isText := value.(string)
	if value == nil || c.stays(value, c.before.ExternalID) {
		return &text
	}
	if !isText {
		c.fail("external_id", "string")
	} else if utf8.RuneCountInString(text) > maxText {
		c.fail("external_id", "max")
	}
	c.unique("external_id", c.states.UserByExternalID, text)
	return &text
}

func (c *check) username() string {
	value, ok := c.required("username", c.before.Username)
	text, _ := textOf(value)
	if !ok || c.stays(value, c.before.Username) {
		return text
	}
	text = strings.ToLower(text)
	c.between("username", value)
	c.unique("username", c.states.UserByName, text)
	if !username.MatchString(text) {
		c.fail("username", "p_username")
	}
	return text
}

// password returns the new password, empty for none.
func (c *check) password() string {
	const none = "0" // the panel takes it for empty
	switch v := c.input.values["password"].(type) {
	case nil:
	case string:
		if v != none {
			return v
		}
	default:
		c.fail("password", "string")
	}
	return ""
}

func (c *check) rootAdmin() *bool {
	if !c.input.has("root_admin") {
		return nil
	}
	value := c.input.values["root_admin"]
	text, _ := textOf(value)
	_, isBool := value.(bool)
	if !isBool && text != "0" && text != "1" {
		c.fail("root_admin", "boolean")
	}
	truth := text == "1"
	return &truth
}

// language returns the new language, nil when it stays.
func (c *check) language() *string {
	if !c.input.has("language") {
		return nil
	}
	text, isText := c.input.values["language"].(string)
	if isText && c.stays(text, languageOf(c.before)) {
		return nil
	}
	if !isText {
		c.fail("language", "string")
	}
	if text != defaultLanguage {
		c.fail("language", "in")
	}
	return &text
}

func (c *check) name(field, before string) string {
	value, ok := c.required(field, before)
	text, isText := value.(string)
	if !ok || c.stays(value, before) {
		return text
	}
	if !isText {
		c.fail(field, "string")
	}
	c.between(field, value)
	return text
}

// between fails when a single value has no characters or too many; lists have other sizes.
func (c *check) between(field string, value any) {
	text, single := textOf(value)
	if n := utf8.RuneCountInString(text); single && (n < 1 || n > maxText) {
		c.fail(field, "between")
	}
}

// unique fails when somebody else has the value. It is not looked up when something else is wrong with the field.
func (c *check) unique(field string, find func(string) *commands.User, value string) {
	if c.failed(field) || value == "" {
		return
	}
	if other := find(value); other != nil && (c.isNew || other.ID != c.before.ID) {
		c.fail(field, "unique")
	}
}
