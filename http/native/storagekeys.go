package native

import (
	"net/http"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) storageKeyCalls() call.Noun {
	keys := storageKeys()
	return call.Noun{
		Tag: openapi.Tag{Name: "Storage keys", About: "Keys with which a user's programs access its storage."},
		Calls: []call.Call{
			keys.List("List a user's storage keys"),
			keys.Add(a.renewStorageKey,
				openapi.Operation{Summary: "Create a storage key, or replace its secret; only this answer shows it",
					About: "A user has one storage key of each kind.",
					Body: openapi.Object(map[string]openapi.Schema{"kind!": openapi.Text(commands.StorageS3,
						commands.StorageSwift)}),
					Example: map[string]any{"kind": commands.StorageS3}, Answer: storageKeyAnswer{}}),
			keys.Get("Show a storage key without its secret"),
			keys.Delete(a.removeStorageKey, "Delete a storage key"),
		},
	}
}

func storageKeys() call.SubResource[commands.StorageKey, storageKeyShown] {
	return call.SubResource[commands.StorageKey, storageKeyShown]{
		Name: "storage-keys", One: ":kind",
		Of:  func(u *commands.User) []commands.StorageKey { return u.StorageKeys },
		Key: func(k commands.StorageKey) string { return k.Kind },
		Find: func(u *commands.User, r *http.Request) (commands.StorageKey, bool) {
			k, ok := u.StorageKey(call.Param(r, "kind"))
			return commands.StorageKey{StorageKey: k}, ok
		},
		Absent: commands.NoStorageKey, Show: storageKeyOf,
	}
}

// renewStorageKey gives the user's key of a kind a new secret, and makes the key where there is none.
func (a *api) renewStorageKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	kind := call.Needed(m, "kind")
	if err := m.Done(); err != nil {
		return err
	}
	out, err := a.OnUser(r, c,
		commands.RotateStorageKeys{ID: call.UserID(r), Keys: []events.StorageKey{c.Secrets().StorageKey(kind)}})
	if err != nil {
		return err
	}
	k, _ := out.User.StorageKey(kind)
	return call.WriteOwned(w, out, call.Location(r, k.Kind),
		storageKeyAnswer{Kind: k.Kind, ID: k.ID, Secret: k.Secret.Reveal()})
}

func (a *api) removeStorageKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c, commands.RemoveStorageKey{ID: call.UserID(r), Kind: call.Param(r, "kind")})
}

func storageKeyOf(k commands.StorageKey) storageKeyShown {
	return storageKeyShown{Kind: k.Kind, ID: k.ID}
}

// storageKeyShown is a storage key without its secret.
type storageKeyShown struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// storageKeyAnswer is a storage key with its secret, which the answer that made it alone shows; a history masks it.
type storageKeyAnswer struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Secret string `json:"secret"`
}
