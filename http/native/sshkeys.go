package native

import (
	"fmt"
	"net/http"
	"strconv"

	"accountd/commands"
)

func sshKeys() belongings[commands.SSHKey, sshKeyAnswer] {
	return belongings[commands.SSHKey, sshKeyAnswer]{
		name:   "ssh-keys",
		of:     func(u *commands.User) []commands.SSHKey { return u.SSHKeys },
		key:    func(k commands.SSHKey) string { return fmt.Sprintf("%019d", k.Number) },
		find:   func(u *commands.User, r *http.Request) (commands.SSHKey, bool) { return u.SSHKey(sshKeyNumber(r)) },
		absent: commands.NoSSHKey, show: sshKeyOf,
	}
}

// sshKeyNumber returns the number of the path; what is no number is the number of no key.
func sshKeyNumber(r *http.Request) int64 {
	number, _ := strconv.ParseInt(param(r, "number"), 10, 64)
	return number
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
	return writeOwned(w, out, location(r, strconv.FormatInt(key.Number, 10)), sshKeyOf(key))
}

func changedSSHKey(r *http.Request, m *members) commands.Command {
	return commands.UpdateSSHKey{ID: userID(r), Number: sshKeyNumber(r), Title: member[string](m, "title")}
}

func (a *api) removeSSHKey(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.RemoveSSHKey{ID: userID(r), Number: sshKeyNumber(r)})
}
