package commands

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/crypto/ssh"

	"accountd/events"
)

const (
	maxCredentials = 100 // of one kind that a user may have
	maxTitle       = 255
	maxSSHKey      = 64 << 10
)

// MaxAllowedIPs bounds an API key's allow-list: every request with the key looks through it.
const MaxAllowedIPs = 100

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

// Of names the user.
func (c AddSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c AddSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c AddSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if err := mayAddKey(s, a, u, events.APIKey{Permissions: c.Key.Permissions}); err != nil {
		return nil, err
	}
	if err := checkSigningKey(s, c.Key); err != nil {
		return nil, err
	}
	if err := tooMany(len(u.SigningKeys), maxCredentials, "signing keys"); err != nil {
		return nil, err
	}
	return one(events.SigningKeyAdded{SigningKey: c.Key})
}

func checkSigningKey(s States, k events.SigningKey) error {
	if k.ID == "" || k.Secret == "" || strings.Contains(k.ID, ":") {
		return refuse(Invalid, "signing_key_invalid", "", "A signing key needs an id without colons, and a secret.")
	}
	if s.UserBySigningKey(k.ID) != nil {
		return refuse(Taken, "signing_key_taken", "", "There is a signing key with this id.")
	}
	return checkSigningKeyTexts(k)
}

// checkSigningKeyTexts checks what may change about a signing key.
func checkSigningKeyTexts(k events.SigningKey) error {
	if err := checkText("name", k.Name, maxName, false); err != nil {
		return err
	}
	return checkPermissions(k.Permissions)
}

// Of names the user.
func (c RotateSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RotateSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RotateSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.SigningKey(c.KeyID)
	if !ok {
		return nil, NoSigningKey()
	}
	if err := mayIssue(s, a, u, events.APIKey{Permissions: k.Permissions}); err != nil {
		return nil, err
	}
	return one(events.SigningKeyRotated{ID: c.KeyID, Secret: c.Secret})
}

// Of names the user.
func (c RemoveSigningKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RemoveSigningKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RemoveSigningKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.SigningKey(c.KeyID); !ok {
		return nil, NoSigningKey()
	}
	if c.KeepLast && len(u.SigningKeys) == 1 {
		return nil, refuse(Conflict, "last_signing_key", "", "This is the account's last signing key.")
	}
	return one(events.SigningKeyRemoved{ID: c.KeyID})
}

// Of names the user.
func (c RotateStorageKeys) Of() events.Aggregate { return events.User(c.ID) }

func (c RotateStorageKeys) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RotateStorageKeys) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayLeave(s, a, u); err != nil {
		return nil, err
	}
	var out []events.Event
	for _, k := range c.Keys {
		if k.Kind != StorageS3 && k.Kind != StorageSwift {
			return nil, refuse(Invalid, "kind_invalid", "kind", "There is no such kind of storage key.")
		}
		if old, ok := u.StorageKey(k.Kind); ok {
			k.ID = old.ID
		}
		out = append(out, events.StorageKeySet{StorageKey: k})
	}
	return out, nil
}

// Of names the user.
func (c AddAPIKey) Of() events.Aggregate { return events.User(c.ID) }

func (c AddAPIKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c AddAPIKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if err := mayAddKey(s, a, u, c.Key); err != nil {
		return nil, err
	}
	if err := checkAPIKey(s, c.Key); err != nil {
		return nil, err
	}
	if err := tooMany(len(u.APIKeys), maxCredentials, "API keys"); err != nil {
		return nil, err
	}
	return one(events.APIKeyAdded{APIKey: c.Key})
}

func checkAPIKey(s States, k events.APIKey) error {
	if s.UserByAPIKey(k.Hash.Reveal()) != nil {
		return refuse(Taken, "api_key_taken", "", "There is such an API key.")
	}
	return checkAPIKeyBounds(k)
}

// checkAPIKeyBounds checks what may change about an API key.
func checkAPIKeyBounds(k events.APIKey) error {
	if len(k.AllowedIPs) > MaxAllowedIPs {
		return refuse(Invalid, "allowed_ips_invalid", "allowed_ips", "At most %d addresses may be allowed.", MaxAllowedIPs)
	}
	for _, ip := range k.AllowedIPs {
		if _, err := ParseAllowedIP(ip); err != nil {
			return refuse(Invalid, "allowed_ips_invalid", "allowed_ips", "Allowed are IP addresses and CIDR blocks.")
		}
	}
	if err := checkText("memo", k.Memo, maxText, true); err != nil {
		return err
	}
	return checkPermissions(k.Permissions)
}

func checkPermissions(p events.Permissions) error {
	levels := []string{"", LevelNone, LevelRead, LevelWrite, LevelAll}
	if !slices.Contains(levels, p.Users) || !slices.Contains(levels, p.Servers) {
		return refuse(Invalid, "permissions_invalid", "permissions", "A permission is none, read, write or all.")
	}
	if !slices.Contains(levels[:3], p.Audit) {
		return refuse(Invalid, "permissions_invalid", "permissions", "The permission audit is none or read: nobody writes history.")
	}
	return nil
}

// Of names the user.
func (c RotateAPIKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RotateAPIKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RotateAPIKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.APIKey(c.KeyID)
	if !ok {
		return nil, NoAPIKey()
	}
	if err := mayIssue(s, a, u, k.APIKey); err != nil {
		return nil, err
	}
	switch {
	case k.Expired(a.At):
		return nil, refuse(Conflict, "api_key_expired", "", "The key has expired.")
	case k.Kind == KeyDanube:
		return nil, refuse(Conflict, "api_key_kind_invalid", "", "Keys of this kind are renewed in their own API, which shows them again.")
	case s.UserByAPIKey(c.Hash.Reveal()) != nil:
		return nil, refuse(Taken, "api_key_taken", "", "There is such an API key.")
	}
	until := c.OldUntil.UTC()
	if !k.ExpiresAt.IsZero() && until.After(k.ExpiresAt) {
		until = k.ExpiresAt
	}
	return one(events.APIKeyRotated{ID: c.KeyID, Hash: c.Hash, OldUntil: until})
}

// Of names the user.
func (c RevokeAPIKey) Of() events.Aggregate { return events.User(c.ID) }

func (c RevokeAPIKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RevokeAPIKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	if _, ok := u.APIKey(c.KeyID); !ok {
		return nil, NoAPIKey()
	}
	return one(events.APIKeyRevoked{ID: c.KeyID})
}

// replaceAPIKey ends the user's API keys of the new one's kind.
func replaceAPIKey(u *User, k events.APIKey) (out []events.Event) {
	for _, old := range u.APIKeys {
		if old.Kind == k.Kind {
			out = append(out, events.APIKeyRevoked{ID: old.ID})
		}
	}
	return append(out, events.APIKeyAdded{APIKey: k})
}

func tooMany(have, most int, what string) error {
	if have >= most {
		return refuse(Conflict, "too_many", "", "The account has as many %s as an account may have.", what)
	}
	return nil
}
