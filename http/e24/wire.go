package e24

import (
	"bytes"
	"net/http"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// The requests. A member that is absent, null or empty is the same, but where it is a pointer; members that are not
// named here are ignored.
type (
	createAccountRequest struct {
		Email     string `json:"email"`
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Phone     string `json:"phone"`
		Password  string `json:"password"`
	}

	changeDataRequest struct {
		FirstName *string `json:"first_name"` // nil: stays, likewise below
		LastName  *string `json:"last_name"`
		Phone     *string `json:"phone"`
		Password  *string `json:"password"`
	}

	apiKeyRequest struct {
		APIKey string `json:"api_key"`
	}

	filesKeysRequest struct {
		APIKey string `json:"api_key"`
	}

	addSSHKeyRequest struct {
		Name    string `json:"name"`
		Method  string `json:"method"` // upload or generate
		Content string `json:"content"`
	}
)

func decode[T any](c call) (T, error) { return rest.DecodeObject[T](c.body, false) }

// hasBody reports whether the call came with anything but blanks.
func (c call) hasBody() bool { return len(bytes.TrimSpace(c.body)) > 0 }

// success begins an answer. The answers are written by hand, each shape by one function, its members in the order of
// the documentation.
func success(size int) *rest.JSON {
	return rest.NewJSON(size).Open('{').Key("success").Bool(true)
}

// finish ends an answer and sends it. It is 200 for everything: a client exists that takes no other for success.
func finish(w http.ResponseWriter, j *rest.JSON) error {
	rest.WriteJSON(w, http.StatusOK, j.Close('}').Bytes())
	return nil
}

const smallAnswer, userAnswer = 256, 512 // bytes that hold most of them

// sees tells whether the secret of a credential with those permissions is shown to the caller.
type sees func(events.Permissions) bool

// seesAll is for who was just given the secrets.
func seesAll(events.Permissions) bool { return true }

// of returns what the caller sees of the user's secrets.
func (c call) of(u *commands.User) sees {
	return func(p events.Permissions) bool { return commands.SeesSecrets(c.states, c.actor, u, p) }
}

// user writes an account as it is created and listed.
func (a api) user(j *rest.JSON, u *commands.User, sees sees) {
	j.Open('{')
	j.Key("id").String(u.ID.String())
	j.Key("state").String(u.State)
	j.Key("name").String(u.Name())
	j.Key("active").Bool(u.Usable())
	j.Key("email").String(u.Email)
	j.Key("phone").String(u.Phone)
	a.credentials(j, u, sees)
	j.Close('}')
}

// account writes the caller's own account.
func (a api) account(j *rest.JSON, c call) {
	u := c.user
	j.Open('{')
	j.Key("id").String(u.ID.String())
	j.Key("name").String(u.Name())
	j.Key("email").String(u.Email)
	j.Key("phone").String(u.Phone)
	j.Key("notification").Open('{').Key("email").String(u.Email).Key("phone").String(u.Phone).Close('}')
	a.credentials(j, u, c.of(u))
	j.Key("groups").Open('[')
	for _, id := range u.Groups {
		if g := c.states.Directory().Group(id); g != nil {
			j.Open('{').Key("id").String(g.ID.String()).Key("name").String(g.Name).Close('}')
		}
	}
	j.Close(']').Close('}')
}

// credentials writes the members that both kinds of account end with. The order of the SSH keys is a promise: a client
// exists that looks at the first only.
func (a api) credentials(j *rest.JSON, u *commands.User, sees sees) {
	j.Key("e24files")
	a.files(j, u, sees)
	j.Key("api").Open('[')
	for _, k := range u.SigningKeys {
		apiKey(j, k, sees)
	}
	j.Close(']').Key("sshkeys").Open('[')
	for _, k := range u.SSHKeys {
		sshKey(j, k.SSHKeyAdded)
		j.Close('}')
	}
	j.Close(']')
}

// files writes the storage keys; one that the account does not have has empty texts.
func (a api) files(j *rest.JSON, u *commands.User, sees sees) {
	j.Open('{')
	a.storageKey(j, "s3", u, commands.StorageS3, sees)
	if a.swift {
		a.storageKey(j, "swift", u, commands.StorageSwift, sees)
	}
	j.Close('}')
}

func (a api) storageKey(j *rest.JSON, name string, u *commands.User, kind string, sees sees) {
	k, _ := u.StorageKey(kind)
	j.Key(name).Open('{').Key("api_id").String(k.ID).Key("secret_key").String(shown(k.Secret,
		sees(events.Permissions{}))).Close('}')
}

func apiKey(j *rest.JSON, k commands.SigningKey, sees sees) {
	j.Open('{').Key("api_key").String(k.ID).Key("secret_key").String(shown(k.Secret, sees(k.Permissions))).Close('}')
}

// sshKey writes an SSH key and leaves the object open for what one answer has besides.
func sshKey(j *rest.JSON, k events.SSHKeyAdded) {
	j.Open('{').Key("id").Int(k.Number).Key("name").String(k.Title).Key("fingerprint").String(k.FingerprintMD5)
}

func shown(s events.Secret, reveal bool) string {
	if reveal {
		return s.Reveal()
	}
	return ""
}
