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
	behind := map[string][]described{
		"phone": {{name: "active", schema: truth, always: true},
			{name: "state", schema: openapi.Text(commands.StateCreating, commands.StateCreated, commands.StateFailed),
				fixed: true},
			{name: "locked_until", schema: when, null: true, fixed: true},
			{name: "second_factor", schema: truth, fixed: true},
			{name: "super_admin", schema: truth, always: true}},
		"timezone": {{name: "client_id", schema: number, sent: openapi.Count(), null: true},
			{name: "access", schema: openapi.Text(commands.AccessFull, commands.AccessReadOnly), null: true}},
	}
	out := []described{{name: "id", schema: id, fixed: true}, {name: "number", schema: number, fixed: true}}
	for _, f := range commands.Fields() {
		out = append(out, described{name: f.Name, schema: text, sent: textSchema(f), null: !shownEmpty(f),
			always: f.Always})
		out = append(out, behind[f.Name]...)
	}
	return append(out, []described{
		{name: "datacenter", schema: text, null: true},
		{name: "groups", schema: openapi.List(text), sent: openapi.Set(text, call.LongName)},
		{name: "api_access", schema: truth, always: true}, {name: "parent", schema: id, null: true},
		{name: "profile", schema: profileSchema(text, openapi.Whole()),
			sent: profileSchema(name, openapi.Within(0, 2))},
		{name: "created_at", schema: when, fixed: true}, {name: "updated_at", schema: when, fixed: true},
	}...)
}

// textSchema is what a request may say in that text.
func textSchema(f commands.Field) openapi.Schema {
	line := openapi.Line(f.Long)
	switch {
	case f.Name == "username":
		return openapi.Filled(line)
	case f.Name == "email":
		return openapi.With(line, "format", "email")
	case f.Name == "language":
		return openapi.Matching(`([A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,6})?`)
	case f.Name == "timezone":
		return openapi.Form("timezone")
	case f.Lines:
		return openapi.Lines(f.Long)
	}
	return line
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
		"description": "The service sets how many characters a new password must have (--password-min, 8 by " +
			"default). Imports accept shorter ones."}
	hash := openapi.Schema{"type": "string", "format": "password-hash", "writeOnly": true,
		"description": "A hash of argon2 or PBKDF2 in PHC form, or of bcrypt."}
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
