package native

import (
	"net/http"
	"strconv"

	"accountd/commands"
)

func (a *api) listSSHKeys(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	return writeList(w, r, numbered("ssh-keys", u.SSHKeys, func(k commands.SSHKey) int64 { return k.Number }), sshKeyOf)
}

func (a *api) addSSHKey(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	cmd := commands.AddSSHKey{ID: userID(r), Title: or(member[string](m, "title"), ""), Key: or(member[string](m, "key"), "")}
	if err := m.done(); err != nil {
		return err
	}
	out, err := a.do(r, c, cmd)
	if err != nil {
		return err
	}
	key := out.User.SSHKeys[len(out.User.SSHKeys)-1]
	return writeMade(w, out, location(r, strconv.FormatInt(key.Number, 10)), sshKeyOf(key))
}

func (a *api) removeSSHKey(w http.ResponseWriter, r *http.Request, c caller) error {
	number, _ := strconv.ParseInt(param(r, "number"), 10, 64) // what is no number is the number of no key
	return a.end(w, r, c, commands.RemoveSSHKey{ID: userID(r), Number: number})
}
