package danube

import (
	"net/http"

	"accountd/commands"
)

// keysTarget returns the user whose keys the caller may see: only a super admin sees those of others.
func (x *exchange) keysTarget() (*commands.User, error) {
	if !x.isSuperAdmin() && x.params["username"] != x.caller.Username {
		return nil, denied()
	}
	u, err := x.target()
	if err != nil {
		return nil, err
	}
	return u, x.withToken()
}

func (x *exchange) showKeys() error {
	u, err := x.keysTarget()
	if err != nil {
		return err
	}
	return x.succeed(keysOf(u))
}

func (x *exchange) updateKeys() error {
	u, err := x.keysTarget()
	if err != nil {
		return err
	}
	f := x.form(false)
	newAPIKey, newCallbackKey := f.flag("api_key"), f.flag("callback_key")
	if err := f.failed(); err != nil {
		return err
	}
	cmd := commands.UpdateUser{ID: u.ID}
	cmd.APIKey, cmd.CallbackKey = newKeys(newAPIKey, newCallbackKey)
	out, err := x.do(cmd)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, keysOf(out.User), out.User)
}

// keysOf returns the user's keys in clear, empty where another API made the user and none was made since.
func keysOf(u *commands.User) keysAnswer {
	key := keyOf(u, func(k commands.APIKey) bool { return k.Kind == commands.KeyDanube })
	return keysAnswer{APIKey: key.Secret.Reveal(), CallbackKey: u.CallbackSecret().Reveal()}
}
