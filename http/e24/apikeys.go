package e24

import (
	"net/http"

	"accountd/commands"
	"accountd/commands/secrets"
)

func (a api) addAPIKey(w http.ResponseWriter, r *http.Request, c call) error {
	key := secrets.SigningKey()
	u, err := a.do(w, r, c, commands.AddSigningKey{ID: c.user.ID, Key: key})
	if err != nil {
		return err
	}
	return answerAPIKey(w, u, key.ID)
}

func (a api) renewAPIKey(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := decode[apiKeyRequest](c)
	if err != nil {
		return err
	}
	if err := checkPresent("api_key", req.APIKey); err != nil {
		return err
	}
	u, err := a.do(w, r, c, commands.RotateSigningKey{ID: c.user.ID, KeyID: req.APIKey,
		Secret: secrets.SigningSecret()})
	if err != nil {
		return err
	}
	return answerAPIKey(w, u, req.APIKey)
}

func (a api) removeAPIKey(w http.ResponseWriter, r *http.Request, c call) error {
	req, err := decode[apiKeyRequest](c)
	if err != nil {
		return err
	}
	if err := checkPresent("api_key", req.APIKey); err != nil {
		return err
	}
	if _, err := a.do(w, r, c, commands.RemoveSigningKey{ID: c.user.ID, KeyID: req.APIKey,
		KeepLast: true}); err != nil {
		return err
	}
	return finish(w, success(smallAnswer))
}

// answerAPIKey answers with one key, whose secret the caller has just been given.
func answerAPIKey(w http.ResponseWriter, u *commands.User, id string) error {
	key, _ := u.SigningKey(id)
	j := success(smallAnswer).Key("api")
	apiKey(j, key, seesAll)
	return finish(w, j)
}
