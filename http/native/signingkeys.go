package native

import (
	"net/http"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
)

func (a *api) listSigningKeys(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	return writeList(w, r, list[events.SigningKey]{"signing-keys", u.SigningKeys, func(k events.SigningKey) string { return k.ID }, true}, signingKeyOf)
}

func (a *api) addSigningKey(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	key := secrets.SigningKey()
	key.Permissions = readPermissions(m)
	if err := m.done(); err != nil {
		return err
	}
	out, err := a.do(r, c, commands.AddSigningKey{ID: userID(r), Key: key})
	if err != nil {
		return err
	}
	return writeMade(w, out, location(r, key.ID), newSigningKeyAnswer{ID: key.ID, Secret: key.Secret.Reveal(),
		Permissions: permissionsOf(key.Permissions)})
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
