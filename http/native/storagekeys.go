package native

import (
	"net/http"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
)

// listStorageKeys shows a user's storage keys without their secrets.
func (a *api) listStorageKeys(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	return writeList(w, r, list[events.StorageKey]{"storage-keys", u.StorageKeys, func(k events.StorageKey) string { return k.Kind }, true}, storageKeyOf)
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
	out, err := a.do(r, c, commands.RotateStorageKeys{ID: userID(r), Keys: []events.StorageKey{secrets.StorageKey(kind)}})
	if err != nil {
		return err
	}
	k, _ := out.User.StorageKey(kind)
	return writeMade(w, out, location(r), storageKeyAnswer{Kind: k.Kind, ID: k.ID, Secret: k.Secret.Reveal()})
}

func storageKeyOf(k events.StorageKey) storageKeyShown {
	return storageKeyShown{Kind: k.Kind, ID: k.ID}
}
