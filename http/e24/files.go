package e24

import (
	"net/http"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
)

// renewFilesKeys gives the storage keys that are shown one new secret; a key that the account lacks is made.
func (a api) renewFilesKeys(w http.ResponseWriter, r *http.Request, c call) error {
	if err := a.checkFilesKey(c); err != nil {
		return err
	}
	s3 := secrets.StorageKey(commands.StorageS3)
	keys := []events.StorageKey{s3}
	if a.swift {
		swift := secrets.StorageKey(commands.StorageSwift)
		swift.Secret = s3.Secret
		keys = append(keys, swift)
	}
	u, err := a.do(w, r, c, commands.RotateStorageKeys{ID: c.user.ID, Keys: keys})
	if err != nil {
		return err
	}
	j := success(smallAnswer).Key("e24files")
	a.files(j, u, seesAll)
	return finish(w, j)
}

// checkFilesKey lets a body pass that names a storage key that is shown or an API key of the account, and no body at
// all, for an account has only one of each kind.
func (a api) checkFilesKey(c call) error {
	if !c.hasBody() {
		return nil
	}
	req, err := decode[filesKeysRequest](c)
	if err != nil {
		return err
	}
	if err := checkPresent("api_key", req.APIKey); err != nil {
		return err
	}
	s3, _ := c.user.StorageKey(commands.StorageS3)
	swift, _ := c.user.StorageKey(commands.StorageSwift)
	_, signs := c.user.SigningKey(req.APIKey)
	if req.APIKey == s3.ID || a.swift && req.APIKey == swift.ID || signs {
		return nil
	}
	return rest.RequestError{Status: http.StatusNotFound, Reason: "storage_key_not_found", Field: "api_key",
		Detail: "The account has no such storage key."}
}
