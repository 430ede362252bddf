package native

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
)

func (a *api) apiKeys() belongings[commands.APIKey, apiKeyAnswer] {
	return belongings[commands.APIKey, apiKeyAnswer]{
		name:   "api-keys",
		of:     func(u *commands.User) []commands.APIKey { return u.APIKeys },
		key:    func(k commands.APIKey) string { return oldest(k.AddedAt, k.ID) },
		find:   func(u *commands.User, r *http.Request) (commands.APIKey, bool) { return u.APIKey(keyID(r)) },
		absent: commands.NoAPIKey, show: a.apiKeyOf, moving: []string{"last_used_at", "previous_expires_at"},
	}
}

// keyID returns the id of the key of the path.
func keyID(r *http.Request) uuid.UUID { return parseID(param(r, "key")) }

func (a *api) addAPIKey(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	key, err := a.readAPIKey(m)
	if err != nil {
		return err
	}
	if key.ID, err = c.newKeyID(); err != nil {
		return err
	}
	token, hash := c.newKey(key)
	key.Hash = events.Secret(hash)
	out, err := a.do(r, c, commands.AddAPIKey{ID: userID(r), Key: key})
	if err != nil {
		return err
	}
	made, _ := out.User.APIKey(key.ID)
	return writeOwned(w, out, location(r, key.ID.String()), newAPIKeyAnswer{apiKeyAnswer: a.apiKeyOf(made), Key: token})
}

// newKeyID returns the id of the key that the request makes.
func (c caller) newKeyID() (uuid.UUID, error) {
	if c.request == nil {
		return uuid.NewV7()
	}
	return c.newID(), nil
}

// newKey returns what a client presents for the key, and its hash.
func (c caller) newKey(key events.APIKey) (token, hash string) {
	switch {
	case key.Kind == keyKind:
		return c.secrets().Token(tokenPrefix)
	case key.Permissions == (events.Permissions{}):
		return c.secrets().PanelKey(secrets.PanelAccount)
	}
	return c.secrets().PanelKey(secrets.PanelApplication)
}

func (a *api) readAPIKey(m *members) (events.APIKey, error) {
	key := events.APIKey{
		Kind: or(member[string](m, "kind"), keyKind), Permissions: readPermissions(m),
		AllowedIPs: or(member[[]string](m, "allowed_ips"), nil),
		Memo:       or(member[string](m, "memo"), ""),
	}
	key.ExpiresAt = or(a.readExpiry(m), time.Time{}).UTC()
	if key.Kind == commands.KeyPterodactyl {
		key.Permissions = commands.PanelPermissions(key.Permissions)
	} else if key.Kind != keyKind {
		m.fail("kind", "api_key_kind_invalid", "Keys of this kind are not made here.")
	}
	return key, m.done()
}

func (a *api) changedAPIKey(r *http.Request, m *members) commands.Command {
	return commands.UpdateAPIKey{ID: userID(r), KeyID: keyID(r), Permissions: readPermissionsChange(m),
		AllowedIPs: clearable[[]string](m, "allowed_ips"), ExpiresAt: a.readExpiry(m), Memo: clearable[string](m, "memo")}
}

// readExpiry reads the member "expires_at"; zero: the key does not end by itself.
func (a *api) readExpiry(m *members) *time.Time {
	const lastYear = 9999 // that RFC 3339 can write
	cleared := m.merge && isNull(m.left["expires_at"])
	expires := clearable[time.Time](m, "expires_at")
	if expires != nil && !cleared && (!expires.After(a.now()) || expires.Year() > lastYear) {
		m.fail("expires_at", "expires_at_invalid", "A key ends in the future, before the year 10000.")
	}
	return expires
}

// How long the secret before a rotation works on, in seconds.
const (
	defaultKeyOverlap = 24 * 60 * 60
	maxKeyOverlap     = 30 * defaultKeyOverlap
)

// rotateAPIKey gives a key a new secret; whoever uses the one before has a while to change it.
func (a *api) rotateAPIKey(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	overlap := or(member[int64](m, "overlap_seconds"), defaultKeyOverlap)
	if overlap < 0 || overlap > maxKeyOverlap {
		m.fail("overlap_seconds", "overlap_invalid", "An overlap is at most %d seconds.", maxKeyOverlap)
	}
	if err := m.done(); err != nil {
		return err
	}
	cmd := commands.RotateAPIKey{ID: userID(r), KeyID: keyID(r)}
	var key commands.APIKey
	if u, err := c.visible(r); err == nil { // else the command is refused
		key, _ = u.APIKey(cmd.KeyID)
	}
	token, hash := c.newKey(key.APIKey)
	cmd.Hash = events.Secret(hash)
	if overlap > 0 {
		cmd.OldUntil = a.now().Add(time.Duration(overlap) * time.Second)
	}
	out, err := a.do(r, c, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	key, _ = out.User.APIKey(cmd.KeyID)
	return writeEntity(w, http.StatusOK, out.User.Version, newAPIKeyAnswer{apiKeyAnswer: a.apiKeyOf(key), Key: token})
}

func (a *api) revokeAPIKey(w http.ResponseWriter, r *http.Request, c caller) error {
	return a.end(w, r, c, commands.RevokeAPIKey{ID: userID(r), KeyID: keyID(r)})
}
