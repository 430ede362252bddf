package native

import (
	"net/http"

	"accountd/commands"
	"accountd/events"
)

func storageKeys() belongings[events.StorageKey, storageKeyShown] {
	return belongings[events.StorageKey, storageKeyShown]{
		name: "storage-keys",
		of:   func(u *commands.User) []events.StorageKey { return u.StorageKeys },
		key:  func(k events.StorageKey) string { return k.Kind },
		find: func(u *commands.User, r *http.Request) (events.StorageKey, bool) {
			return u.StorageKey(param(r, "kind"))
		},
		absent: commands.NoStorageKey, show: storageKeyOf,
	}
}

// renewStorageKey gives the user's key of a kind a new secret, and makes the key where there is none.
func (a *api) renewStorageKey(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	kind := needed(m, "kind")
	if err := m.done(); err != nil {
		return err
	}
	out, err := a.do(r, c, commands.RotateStorageKeys{ID: userID(r), Keys: []events.StorageKey{c.secrets().StorageKey(kind)}})
	if err != nil {
		return err
	}
	k, _ := out.User.StorageKey(kind)
	return writeOwned(w, out, location(r, k.Kind), storageKeyAnswer{Kind: k.Kind, ID: k.ID, Secret: k.Secret.Reveal()})
}

func (a *api) removeStorageKey(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.RemoveStorageKey{ID: userID(r), Kind: param(r, "kind")})
}

func storageKeyOf(k events.StorageKey) storageKeyShown {
	return storageKeyShown{Kind: k.Kind, ID: k.ID}
}
