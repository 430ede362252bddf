package native

import (
	"net/http"

	"accountd/commands"
	"accountd/events"
)

func signingKeys() belongings[commands.SigningKey, signingKeyAnswer] {
	return belongings[commands.SigningKey, signingKeyAnswer]{
		name: "signing-keys",
		of:   func(u *commands.User) []commands.SigningKey { return u.SigningKeys },
		key:  func(k commands.SigningKey) string { return oldest(k.AddedAt, k.ID) },
		find: func(u *commands.User, r *http.Request) (commands.SigningKey, bool) {
			return u.SigningKey(param(r, "key"))
		},
		absent: commands.NoSigningKey, show: signingKeyOf,
	}
}

func (a *api) addSigningKey(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	key := c.secrets().SigningKey()
	key.Name, key.Permissions = or(member[string](m, "name"), ""), readPermissions(m)
	if err := m.done(); err != nil {
		return err
	}
	out, err := a.do(r, c, commands.AddSigningKey{ID: userID(r), Key: key})
	if err != nil {
		return err
	}
	made, _ := out.User.SigningKey(key.ID)
	return writeOwned(w, out, location(r, key.ID), newSigningKeyAnswer{signingKeyOf(made), key.Secret.Reveal()})
}

func changedSigningKey(r *http.Request, m *members) commands.Command {
	return commands.UpdateSigningKey{ID: userID(r), KeyID: param(r, "key"), Name: clearable[string](m, "name"), Permissions: readPermissionsChange(m)}
}

func (a *api) removeSigningKey(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.RemoveSigningKey{ID: userID(r), KeyID: param(r, "key")})
}

// readPermissions reads the member "permissions".
func readPermissions(m *members) events.Permissions {
	inner := m.inner("permissions")
	p := events.Permissions{Users: or(member[string](inner, "users"), ""), Servers: or(member[string](inner, "servers"), ""),
		Audit: or(member[string](inner, "audit"), "")}
	m.adopt(inner)
	return p
}

// readPermissionsChange reads the member "permissions" of a merge patch; null leaves all of them to the user's role.
func readPermissionsChange(m *members) commands.PermissionsChange {
	if isNull(m.left["permissions"]) {
		m.take("permissions")
		none := ""
		return commands.PermissionsChange{Users: &none, Servers: &none, Audit: &none}
	}
	inner := m.inner("permissions")
	p := commands.PermissionsChange{Users: clearable[string](inner, "users"), Servers: clearable[string](inner, "servers"),
		Audit: clearable[string](inner, "audit")}
	m.adopt(inner)
	return p
}
