package native

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) sshKeyCalls() call.Noun {
	keys, title := sshKeys(), openapi.Line(call.LongName)
	publicKey := openapi.Schema{"type": "string", "format": "ssh-public-key",
		"description": "A line as in authorized_keys, without options, or the key in the form of RFC 4716 or PEM, " +
			"which is stored as such a line.",
		"examples": []any{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN " +
			"me@laptop"}}
	return call.Noun{
		Tag: openapi.Tag{Name: "SSH keys", About: "Public keys with which a user logs in to servers. The member " +
			"warning is present if the key should be replaced: DSA, or RSA of fewer than 2048 bits."},
		Calls: []call.Call{
			keys.List("List a user's SSH keys"),
			keys.Add(a.addSSHKey,
				openapi.Operation{Summary: "Add an SSH key", Answer: sshKeyAnswer{},
					Body: openapi.Object(map[string]openapi.Schema{"title!": openapi.Filled(title),
						"key!": publicKey})}),
			keys.Get("Show an SSH key"),
			keys.Patch(a.Kernel, changedSSHKey,
				call.Body{Members: map[string]openapi.Schema{"title": openapi.Filled(title)},
					Example: map[string]any{"title": "desk"}},
				openapi.Operation{Summary: "Change an SSH key's title"}),
			keys.Delete(a.removeSSHKey, "Delete an SSH key"),
		},
	}
}

func sshKeys() call.SubResource[commands.SSHKey, sshKeyAnswer] {
	return call.SubResource[commands.SSHKey, sshKeyAnswer]{
		Name: "ssh-keys", One: ":number",
		Of:     func(u *commands.User) []commands.SSHKey { return u.SSHKeys },
		Key:    func(k commands.SSHKey) string { return fmt.Sprintf("%019d", k.Number) },
		Find:   func(u *commands.User, r *http.Request) (commands.SSHKey, bool) { return u.SSHKey(sshKeyNumber(r)) },
		Absent: commands.NoSSHKey, Show: sshKeyOf,
	}
}

// sshKeyNumber returns the number of the path; what is no number is the number of no key.
func sshKeyNumber(r *http.Request) int64 {
	number, _ := strconv.ParseInt(call.Param(r, "number"), 10, 64)
	return number
}

func (a *api) addSSHKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	cmd := commands.AddSSHKey{ID: call.UserID(r), Title: call.Or(call.Member[string](m, "title"), ""),
		Key: call.Or(call.Member[string](m, "key"), "")}
	if err := m.Done(); err != nil {
		return err
	}
	out, err := a.OnUser(r, c, cmd)
	if err != nil {
		return err
	}
	key := out.User.SSHKeys[len(out.User.SSHKeys)-1]
	return call.WriteOwned(w, out, call.Location(r, strconv.FormatInt(key.Number, 10)), sshKeyOf(key))
}

func changedSSHKey(r *http.Request, m *call.Members) commands.Command {
	return commands.UpdateSSHKey{ID: call.UserID(r), Number: sshKeyNumber(r), Title: call.Member[string](m, "title")}
}

func (a *api) removeSSHKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c, commands.RemoveSSHKey{ID: call.UserID(r), Number: sshKeyNumber(r)})
}

type sshKeyAnswer struct {
	Number         int64     `json:"number"`
	Title          string    `json:"title"`
	Key            string    `json:"key"`
	Fingerprint    string    `json:"fingerprint"`
	FingerprintMD5 string    `json:"fingerprint_md5"`
	AddedAt        time.Time `json:"added_at"`
	Warning        string    `json:"warning,omitempty"` // why the key is weak
}

func sshKeyOf(k commands.SSHKey) sshKeyAnswer {
	return sshKeyAnswer{Number: k.Number, Title: k.Title, Key: k.Key, Fingerprint: k.Fingerprint,
		FingerprintMD5: k.FingerprintMD5, AddedAt: k.AddedAt, Warning: k.Warning()}
}
