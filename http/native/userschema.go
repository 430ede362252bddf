package native

import (
	"reflect"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

// described is a member of a user, as people and programs read about it.
type described struct {
	name   string
	schema openapi.Schema // as it is shown
	sent   openapi.Schema // what a request may say; nil: the same
	null   bool           // where nothing is stored
	always bool           // it always has a value: no patch clears it
	fixed  bool           // only the service sets it
}

// userMembers are the members of a user, in their order. What is written only is not among them.
func userMembers() []described {
	id, text, truth, number, when := openapi.Form("uuid"), openapi.Text(), openapi.Truth(), openapi.Whole(),
		openapi.Form("date-time")
	name := openapi.Line(call.LongName)
	return []described{
		{name: "id", schema: id, fixed: true}, {name: "number", schema: number, fixed: true},
		{name: "username", schema: text, sent: openapi.Filled(name), always: true},
		{name: "email", schema: text, sent: openapi.With(openapi.Line(call.LongEmail), "format", "email"),
			always: true},
		{name: "first_name", schema: text, sent: name}, {name: "last_name", schema: text, sent: name},
		{name: "display_name", schema: text, sent: name, null: true},
		{name: "phone", schema: text, sent: openapi.Line(call.LongWord), null: true},
		{name: "active", schema: truth, always: true},
		{name: "state", schema: openapi.Text(commands.StateCreating, commands.StateCreated, commands.StateFailed),
			fixed: true},
		{name: "locked_until", schema: when, null: true, fixed: true},
		{name: "second_factor", schema: truth, fixed: true},
		{name: "super_admin", schema: truth, always: true}, {name: "external_id", schema: text, sent: name, null: true},
		{name: "language", schema: text, sent: openapi.Matching(`([A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,6})?`),
			null: true},
		{name: "timezone", schema: text, sent: openapi.Form("timezone"), null: true},
		{name: "client_id", schema: number, sent: openapi.Count(), null: true},
		{name: "access", schema: openapi.Text(commands.AccessFull, commands.AccessReadOnly), null: true},
		{name: "comment", schema: text, sent: openapi.Lines(call.LongText), null: true},
		{name: "extra_params", schema: text, sent: openapi.Lines(call.LongOpaque), null: true},
		{name: "datacenter", schema: text, null: true},
		{name: "groups", schema: openapi.List(text), sent: openapi.Set(text, call.LongName)},
		{name: "api_access", schema: truth, always: true}, {name: "parent", schema: id, null: true},
		{name: "profile", schema: profileSchema(text, openapi.Whole()),
			sent: profileSchema(name, openapi.Within(0, 2))},
		{name: "created_at", schema: when, fixed: true}, {name: "updated_at", schema: when, fixed: true},
	}
}

// profileSchema is a profile whose texts and numbers are such.
func profileSchema(text, number openapi.Schema) openapi.Schema {
	members := map[string]openapi.Schema{}
	t := reflect.TypeFor[events.Profile]()
	for i, name := range profileMembers {
		switch t.Field(i).Type.Kind() {
		case reflect.Pointer:
			members[name] = openapi.Nullable(openapi.Truth())
		case reflect.Int:
			members[name] = openapi.Nullable(number)
		default:
			members[name] = openapi.Nullable(text)
		}
	}
	return openapi.Object(members)
}

// userSchema is a user as it is shown.
func userSchema() openapi.Schema {
	members := map[string]openapi.Schema{}
	for _, m := range userMembers() {
		members[m.name+"!"] = m.shown()
	}
	return openapi.Object(members)
}

// newUserSchema is a user as it is made. Null is like an absent member.
func newUserSchema() openapi.Schema {
	members := secretMembers()
	for _, m := range userMembers() {
		if !m.fixed {
			members[m.name] = openapi.Nullable(m.asSent())
		}
	}
	delete(members, "email")
	members["email!"] = openapi.With(openapi.Line(call.LongEmail), "format", "email")
	return oneSecret(members)
}

// patchedUserSchema is a merge patch of a user. What only the service sets may repeat what is there.
func patchedUserSchema() openapi.Schema {
	members := secretMembers()
	for _, m := range userMembers() {
		switch sent := m.asSent(); {
		case m.fixed:
			members[m.name] = openapi.ReadOnly(m.shown())
		case m.always:
			members[m.name] = sent
		default:
			members[m.name] = openapi.Nullable(sent)
		}
	}
	return oneSecret(members)
}

// secretMembers are those that are written only.
func secretMembers() map[string]openapi.Schema {
	plain := openapi.Schema{"type": "string", "minLength": 1, "maxLength": password.MaxLength, "writeOnly": true,
		"description": "A new one has at least as many characters as the service is told to want " +
			"(--password-min, 8 by default); in an import, one."}
	hash := openapi.Schema{"type": "string", "format": "password-hash", "writeOnly": true,
		"description": "In the PHC form of argon2 or PBKDF2, or of bcrypt."}
	return map[string]openapi.Schema{"password": openapi.Nullable(plain), "password_hash": openapi.Nullable(hash)}
}

// oneSecret is an object of the members that has a password in one form or the other.
func oneSecret(members map[string]openapi.Schema) openapi.Schema {
	return openapi.With(openapi.Object(members), "not",
		openapi.Schema{"required": []string{"password", "password_hash"},
			"properties": openapi.Schema{"password": openapi.Schema{}, "password_hash": openapi.Schema{}}})
}

func (m described) asSent() openapi.Schema {
	if m.sent != nil {
		return m.sent
	}
	return m.schema
}

func (m described) shown() openapi.Schema {
	if m.null {
		return openapi.Nullable(m.schema)
	}
	return m.schema
}
