package danube

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"

	"accountd/commands"
	"accountd/projections"
)

const (
	maxKeyTitle = 32
	maxKey      = 65536
	maxSSHKeys  = 10
)

func (x *exchange) listSSHKeys() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	keys, err := x.sshKeys(u)
	if err != nil {
		return err
	}
	full, err := x.in.truth("full", false)
	if err != nil {
		return err
	}
	extended, err := x.in.truth("extended", false)
	if err != nil {
		return err
	}
	if full || extended {
		out := []sshKeyAnswer{}
		for _, k := range keys {
			out = append(out, sshKeyOf(k))
		}
		return x.succeed(out)
	}
	titles := []string{}
	for _, k := range keys {
		titles = append(titles, k.Title)
	}
	return x.succeed(titles)
}

// sshKeys returns the user's keys by title, in the order that the request asks for.
func (x *exchange) sshKeys(u *commands.User) ([]commands.SSHKey, error) {
	order, err := x.order("title", map[string]projections.Field{"title": ""})
	if err != nil {
		return nil, err
	}
	keys := slices.Clone(u.SSHKeys)
	slices.SortFunc(keys, func(a, b commands.SSHKey) int { return strings.Compare(a.Title, b.Title) })
	if order[0].Descending {
		slices.Reverse(keys)
	}
	return keys, nil
}

// sshKey returns the user's key of the title in the path.
func (x *exchange) sshKey(u *commands.User) (commands.SSHKey, bool) {
	for _, k := range u.SSHKeys {
		if k.Title == x.params["title"] {
			return k, true
		}
	}
	return commands.SSHKey{}, false
}

func (x *exchange) showSSHKey() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	k, ok := x.sshKey(u)
	if !ok {
		return noSSHKey()
	}
	return x.succeed(sshKeyOf(k))
}

func (x *exchange) addSSHKey() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	if _, ok := x.sshKey(u); ok {
		return sshKeyExists()
	}
	cmd, err := x.readSSHKey(u)
	if err != nil {
		return err
	}
	out, err := x.do(cmd)
	if err != nil {
		return err
	}
	added := out.User.SSHKeys[len(out.User.SSHKeys)-1]
	return x.answer(http.StatusCreated, sshKeyOf(added), u)
}

func (x *exchange) readSSHKey(u *commands.User) (commands.AddSSHKey, error) {
	f := x.form(true)
	title := x.params["title"]
	if _, ok := f.in["title"]; !ok {
		f.fail("title", broken(title, []rule{atMost(maxKeyTitle)})...)
	} else if other := f.text("title", "", textRules{required: true,
		rules: []rule{atMost(maxKeyTitle), safe}}); other != nil {
		title = *other
	}
	key := f.text("key", "", textRules{required: true, rules: []rule{atMost(maxKey), safe}, last: sshKey})
	if err := f.failed(); err != nil {
		return commands.AddSSHKey{}, err
	}
	return commands.AddSSHKey{ID: u.ID, Title: title, Key: *key, Limit: maxSSHKeys}, nil
}

var sshKeyTypes = setOf([]string{"ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
	"ecdsa-sha2-nistp521", "ssh-ed25519"})

// sshKey returns the key, or what is wrong with its form.
func sshKey(key string) (string, string) {
	parts := strings.SplitN(key, " ", 3)
	switch {
	case len(parts) < 2 || !sshKeyTypes[parts[0]]:
		return key, sshKeyType
	case strings.ContainsAny(key, "\r\n"):
		return key, sshKeyLines
	case blobType(parts[1]) != parts[0]:
		return key, sshKeyFormat
	}
	return key, ""
}

// blobType returns the type that stands in a key's blob, empty when it is none.
func blobType(text string) string {
	blob, err := base64.StdEncoding.DecodeString(text)
	const size = 4
	if err != nil || len(blob) < size {
		return ""
	}
	n := binary.BigEndian.Uint32(blob)
	if uint64(n) > uint64(len(blob)-size) {
		return ""
	}
	return string(blob[size : size+n])
}

func (x *exchange) deleteSSHKey() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	k, ok := x.sshKey(u)
	if !ok {
		return noSSHKey()
	}
	if _, err := x.do(commands.RemoveSSHKey{ID: u.ID, Number: k.Number}); err != nil {
		return err
	}
	return x.answer(http.StatusOK, nil, u)
}
