package native

import (
	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

type permissionsAnswer struct {
	Users   *string `json:"users"`
	Servers *string `json:"servers"`
	Audit   *string `json:"audit"`
}

func permissionsOf(p events.Permissions) permissionsAnswer {
	return permissionsAnswer{Users: call.OrNull(p.Users), Servers: call.OrNull(p.Servers), Audit: call.OrNull(p.Audit)}
}

// readPermissions reads the member "permissions".
func readPermissions(m *call.Members) events.Permissions {
	inner := m.Inner("permissions")
	p := events.Permissions{Users: call.Or(call.Member[string](inner, "users"), ""),
		Servers: call.Or(call.Member[string](inner, "servers"), ""),
		Audit:   call.Or(call.Member[string](inner, "audit"), "")}
	m.Adopt(inner)
	return p
}

// readPermissionsChange reads the member "permissions" of a merge patch; null leaves all of them to the user's role.
func readPermissionsChange(m *call.Members) commands.PermissionsChange {
	if m.Clears("permissions") {
		m.Take("permissions")
		none := ""
		return commands.PermissionsChange{Users: &none, Servers: &none, Audit: &none}
	}
	inner := m.Inner("permissions")
	p := commands.PermissionsChange{Users: call.Clearable[string](inner, "users"),
		Servers: call.Clearable[string](inner, "servers"),
		Audit:   call.Clearable[string](inner, "audit")}
	m.Adopt(inner)
	return p
}

func permissionsSchema() openapi.Schema {
	level := openapi.Nullable(openapi.Text(commands.LevelNone, commands.LevelRead, commands.LevelWrite,
		commands.LevelAll))
	audit := openapi.Nullable(openapi.Text(commands.LevelNone, commands.LevelRead))
	return openapi.Object(map[string]openapi.Schema{"users": level, "servers": level, "audit": audit})
}
