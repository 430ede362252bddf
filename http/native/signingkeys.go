package native

import (
	"net/http"
	"time"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) signingKeyCalls() call.Noun {
	keys := signingKeys()
	members := map[string]openapi.Schema{"name": openapi.Nullable(openapi.Line(call.LongName)),
		"permissions": openapi.Nullable(permissionsSchema())}
	return call.Noun{
		Tag: openapi.Tag{Name: "Signing keys", About: "Keys with which requests to the e24cloud API are signed."},
		Calls: []call.Call{
			keys.List("List a user's signing keys"),
			keys.Add(a.addSigningKey,
				openapi.Operation{Summary: "Create a signing key", Body: openapi.Object(members),
					Answer: newSigningKeyAnswer{}}),
			keys.Get("Show a signing key"),
			keys.Patch(a.Kernel, changedSigningKey,
				call.Body{Members: members, Example: map[string]any{"name": "backup"}},
				openapi.Operation{Summary: "Change a signing key's name and permissions"}),
			keys.Delete(a.removeSigningKey, "Delete a signing key"),
		},
	}
}

func signingKeys() call.SubResource[commands.SigningKey, signingKeyAnswer] {
	return call.SubResource[commands.SigningKey, signingKeyAnswer]{
		Name: "signing-keys", One: ":key",
		Of:  func(u *commands.User) []commands.SigningKey { return u.SigningKeys },
		Key: func(k commands.SigningKey) string { return call.Oldest(k.AddedAt, k.ID) },
		Find: func(u *commands.User, r *http.Request) (commands.SigningKey, bool) {
			return u.SigningKey(call.Param(r, "key"))
		},
		Absent: commands.NoSigningKey, Show: signingKeyOf,
	}
}

func (a *api) addSigningKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err != nil {
		return err
	}
	key := c.Secrets().SigningKey()
	key.Name, key.Permissions = call.Or(call.Member[string](m, "name"), ""), readPermissions(m)
	if err := m.Done(); err != nil {
		return err
	}
	out, err := a.OnUser(r, c, commands.AddSigningKey{ID: call.UserID(r), Key: key})
	if err != nil {
		return err
	}
	made, _ := out.User.SigningKey(key.ID)
	return call.WriteOwned(w, out, call.Location(r, key.ID),
		newSigningKeyAnswer{signingKeyOf(made), key.Secret.Reveal()})
}

func changedSigningKey(r *http.Request, m *call.Members) commands.Command {
	return commands.UpdateSigningKey{ID: call.UserID(r), KeyID: call.Param(r, "key"),
		Name: call.Clearable[string](m, "name"), Permissions: readPermissionsChange(m)}
}

func (a *api) removeSigningKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c, commands.RemoveSigningKey{ID: call.UserID(r), KeyID: call.Param(r, "key")})
}

type signingKeyAnswer struct {
	ID          string            `json:"id"`
	Name        *string           `json:"name"`
	Permissions permissionsAnswer `json:"permissions"`
	AddedAt     time.Time         `json:"added_at"`
}

// newSigningKeyAnswer is the one answer that shows the secret.
type newSigningKeyAnswer struct {
	signingKeyAnswer
	Secret string `json:"secret"`
}

func signingKeyOf(k commands.SigningKey) signingKeyAnswer {
	return signingKeyAnswer{ID: k.ID, Name: call.OrNull(k.Name), Permissions: permissionsOf(k.Permissions),
		AddedAt: k.AddedAt}
}
