package native

import (
	"reflect"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest/openapi"
)

// described is a member of a user, as people and programs read about it.
type described struct {
	name   string
	schema openapi.Schema
	null   bool // where nothing is stored
	fixed  bool // only the service sets it
}

// userMembers are the members of a user, in their order. What is written only is not among them.
func userMembers() []described {
	id, text, truth, number, when := openapi.Form("uuid"), openapi.Text(), openapi.Truth(), openapi.Whole(), openapi.Form("date-time")
	return []described{
		{"id", id, false, true}, {"number", number, false, true}, {"username", text, false, false}, {"email", text, false, false},
		{"first_name", text, false, false}, {"last_name", text, false, false}, {"display_name", text, true, false}, {"phone", text, true, false},
		{"active", truth, false, false}, {"state", openapi.Text(commands.StateCreating, commands.StateCreated, commands.StateFailed), false, true},
		{"locked_until", when, true, true}, {"super_admin", truth, false, false}, {"external_id", text, true, false}, {"language", text, true, false}, {"timezone", text, true, false},
		{"client_id", number, true, false}, {"access", openapi.Text(commands.AccessFull, commands.AccessReadOnly), true, false},
		{"comment", text, true, false}, {"extra_params", text, true, false}, {"datacenter", text, true, false},
		{"groups", openapi.List(text), false, false}, {"api_access", truth, false, false}, {"parent", id, true, true},
		{"profile", profileSchema(), false, false}, {"created_at", when, false, true}, {"updated_at", when, false, true},
	}
}

func profileSchema() openapi.Schema {
	members := map[string]openapi.Schema{}
	t := reflect.TypeFor[events.Profile]()
	for i, name := range detailNames {
		switch t.Field(i).Type.Kind() {
		case reflect.Pointer:
			members[name] = openapi.Nullable(openapi.Truth())
		case reflect.Int:
			members[name] = openapi.Nullable(openapi.Whole())
		default:
			members[name] = openapi.Nullable(openapi.Text())
		}
	}
	return openapi.Object(members)
}

// userSchema is a user as it is shown.
func userSchema() openapi.Schema {
	members := map[string]openapi.Schema{}
	for _, m := range userMembers() {
		if m.null {
			m.schema = openapi.Nullable(m.schema)
		}
		members[m.name+"!"] = m.schema
	}
	return openapi.Object(members)
}

// sentUserSchema is a user as it is sent: with those that only the service sets, when they may repeat what is there.
func sentUserSchema(fixed bool, required string) openapi.Schema {
	members := map[string]openapi.Schema{"password": openapi.Nullable(openapi.Text()), "password_hash": openapi.Nullable(openapi.Text())}
	for _, m := range userMembers() {
		if !m.fixed || fixed {
			members[m.name] = openapi.Nullable(m.schema)
		}
	}
	if required != "" {
		members[required+"!"] = members[required]
		delete(members, required)
	}
	return openapi.Object(members)
}
