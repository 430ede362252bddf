package commands

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/crypto/ssh"

	"accountd/events"
)

// NoSSHKey is the Refusal of a number that none of the user's SSH keys has.
func NoSSHKey() *Refusal {
	return refuse(NotFound, "ssh_key_not_found", "", "The account has no such SSH key.")
}

// AddSSHKey lets a public key log in as the user.
//
// Refusals: NotFound, Invalid (key, title), Taken (ssh_key_title_taken, ssh_key_taken), Forbidden, Conflict (too_many).
type AddSSHKey struct {
	ID    uuid.UUID
	Title string
	Key   string // one authorized_keys line
	Limit int    // how many keys the account may have with this one; 0: as many as any account
}

// Of names the user.
func (c AddSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c AddSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c AddSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayLeave(s, a, u); err != nil {
		return nil, err
	}
	e, err := sshKey(c)
	if err != nil {
		return nil, err
	}
	for _, k := range u.SSHKeys {
		if k.Title == e.Title {
			return nil, titleTaken()
		}
		if k.Fingerprint == e.Fingerprint {
			return nil, refuse(Taken, "ssh_key_taken", "key", "The account has this SSH key already.")
		}
	}
	most := maxCredentials
	if c.Limit > 0 {
		most = min(most, c.Limit)
	}
	if err := tooMany(len(u.SSHKeys), most, "SSH keys"); err != nil {
		return nil, err
	}
	e.Number = s.LastNumber(events.SSHKeyNumber) + 1
	return one(e)
}

func checkTitle(title string) error {
	if title == "" {
		return refuse(Invalid, "title_required", "title", "An SSH key needs a name.")
	}
	return checkText("title", title, maxTitle, false)
}

func titleTaken() *Refusal {
	return refuse(Taken, "ssh_key_title_taken", "title", "The account has an SSH key of this name.")
}

func sshKey(c AddSSHKey) (events.SSHKeyAdded, error) {
	if err := checkTitle(c.Title); err != nil {
		return events.SSHKeyAdded{}, err
	}
	line := strings.TrimSpace(c.Key)
	if len(line) > maxSSHKey || strings.IndexFunc(line, unicode.IsControl) >= 0 {
		return events.SSHKeyAdded{}, invalidSSHKey()
	}
	key, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil || len(options) > 0 {
		return events.SSHKeyAdded{}, invalidSSHKey()
	}
	return events.SSHKeyAdded{Title: c.Title, Key: line, FingerprintMD5: md5Fingerprint(key.Marshal()),
		Fingerprint: ssh.FingerprintSHA256(key)}, nil
}

// md5Fingerprint is 16 lower-case hex pairs with colons: how keys were told apart before SHA-256, and how several APIs
// still do. It protects nothing.
func md5Fingerprint(blob []byte) string {
	sum := md5.Sum(blob)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = hex.EncodeToString([]byte{b})
	}
	return strings.Join(pairs, ":")
}

func invalidSSHKey() *Refusal {
	return refuse(Invalid, "ssh_key_invalid", "key", "This is not a public SSH key on one line.")
}

// RemoveSSHKey ends the SSH key of that number.
//
// Refusals: NotFound, Forbidden.
type RemoveSSHKey struct {
	ID     uuid.UUID
	Number int64
}

// Of names the user.
func (c RemoveSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RemoveSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RemoveSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.SSHKey(c.Number); !ok {
		return nil, NoSSHKey()
	}
	return one(events.SSHKeyRemoved{Number: c.Number})
}

// UpdateSSHKey changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid (title_required), Taken (ssh_key_title_taken), Forbidden.
type UpdateSSHKey struct {
	ID     uuid.UUID
	Number int64
	Title  *string
}

// Of names the user.
func (c UpdateSSHKey) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateSSHKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateSSHKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.SSHKey(c.Number)
	switch {
	case !ok:
		return nil, NoSSHKey()
	case c.Title == nil || k.Title == *c.Title:
		return nil, nil
	}
	if err := checkTitle(*c.Title); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(u.SSHKeys, func(k SSHKey) bool { return k.Title == *c.Title }) {
		return nil, titleTaken()
	}
	return one(events.SSHKeyRenamed{Number: c.Number, Title: *c.Title})
}

// SSHKey is a public key that may log in as the user.
type SSHKey struct {
	events.SSHKeyAdded
	AddedAt time.Time
	By      Author
}

// SSHKey returns the user's SSH key of that number.
func (u *User) SSHKey(number int64) (SSHKey, bool) {
	for _, k := range u.SSHKeys {
		if k.Number == number {
			return k, true
		}
	}
	return SSHKey{}, false
}
