package native

import (
	"maps"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) apiKeyCalls() call.Noun {
	keys, null := a.apiKeys(), openapi.Nullable
	bounds := map[string]openapi.Schema{"permissions": null(permissionsSchema()),
		"memo":       null(openapi.Lines(call.LongText)),
		"expires_at": null(openapi.Form("date-time")),
		"allowed_ips": null(openapi.Schema{"type": "array", "items": openapi.Form("ip"),
			"maxItems": commands.MaxAllowedIPs})}
	made := maps.Clone(bounds)
	made["kind"] = null(openapi.Text(call.KeyKind, commands.KeyPterodactyl))
	return call.Noun{
		Tag: openapi.Tag{Name: "API keys", About: "Keys with which programs act as a user."},
		Calls: []call.Call{
			keys.List("List a user's API keys"),
			keys.Add(a.addAPIKey, openapi.Operation{Summary: "Create an API key; only this answer shows it",
				About: "The key gets no more permissions than the credential that creates it. A key of the caller's " +
					"own account, or of an account that manages others, also lasts no longer and works from no more " +
					"addresses. A key of kind " +
					"pterodactyl that may write users creates and changes super " +
					"admins, as the panel's contract has it: give it only to a program that you trust with such " +
					"rights.",
				Body: openapi.Object(made), Answer: newAPIKeyAnswer{}}),
			{Method: http.MethodPost, Path: keys.Each() + "/rotate", Handle: a.rotateAPIKey, Changes: call.OfUser,
				Shows: call.Tagged,
				Doc: openapi.Operation{Summary: "Rotate an API key; only this answer shows the new secret",
					About: "The previous secret keeps working for overlap_seconds.",
					Body: openapi.Object(map[string]openapi.Schema{"overlap_seconds": null(openapi.Within(0,
						maxKeyOverlap))}),
					Example: map[string]any{"overlap_seconds": 3600}, Answer: newAPIKeyAnswer{}}},
			keys.Get("Show an API key"),
			keys.Patch(a.Kernel, a.changedAPIKey,
				call.Body{Members: bounds,
					Example: map[string]any{"memo": "billing", "allowed_ips": []string{"192.0.2.0/24"}}},
				openapi.Operation{Summary: "Change an API key's bounds, permissions and memo",
					About: "A caller who may delete the key may narrow it. To widen it, the caller must be allowed " +
						"to create such a key, and so must everybody who knows its secret; otherwise the answer is " +
						"409 key_unattested."}),
			keys.Delete(a.revokeAPIKey, "Delete an API key"),
		},
	}
}

func (a *api) apiKeys() call.SubResource[commands.APIKey, apiKeyAnswer] {
	return call.SubResource[commands.APIKey, apiKeyAnswer]{
		Name: "api-keys", One: ":key",
		Of:     func(u *commands.User) []commands.APIKey { return u.APIKeys },
		Key:    func(k commands.APIKey) string { return call.Oldest(k.AddedAt, k.ID) },
		Find:   func(u *commands.User, r *http.Request) (commands.APIKey, bool) { return u.APIKey(keyID(r)) },
		Absent: commands.NoAPIKey, Show: a.apiKeyOf, Unversioned: []string{"last_used_at", "previous_expires_at"},
	}
}

// keyID returns the id of the key of the path.
func keyID(r *http.Request) uuid.UUID { return call.ParseID(call.Param(r, "key")) }

func (a *api) addAPIKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err != nil {
		return err
	}
	key, err := a.readAPIKey(m)
	if err != nil {
		return err
	}
	if key.ID, err = c.NewKeyID(); err != nil {
		return err
	}
	token, hash := newKey(c, key)
	key.Hash = events.Secret(hash)
	out, err := a.OnUser(r, c, commands.AddAPIKey{ID: call.UserID(r), Key: key})
	if err != nil {
		return err
	}
	made, _ := out.User.APIKey(key.ID)
	return call.WriteOwned(w, out, call.Location(r, key.ID.String()),
		newAPIKeyAnswer{apiKeyAnswer: a.apiKeyOf(made), Key: token})
}

// newKey returns what a client presents for the key, and its hash.
func newKey(c call.Caller, key events.APIKey) (token, hash string) {
	switch {
	case key.Kind == call.KeyKind:
		return c.Secrets().Token(call.TokenPrefix)
	case key.Permissions == (events.Permissions{}):
		return c.Secrets().PanelKey(secrets.PanelAccount)
	}
	return c.Secrets().PanelKey(secrets.PanelApplication)
}

func (a *api) readAPIKey(m *call.Members) (events.APIKey, error) {
	key := events.APIKey{
		Kind: call.Or(call.Member[string](m, "kind"), call.KeyKind), Permissions: readPermissions(m),
		AllowedIPs: call.Or(call.Member[[]string](m, "allowed_ips"), nil),
		Memo:       call.Or(call.Member[string](m, "memo"), ""),
	}
	key.ExpiresAt = call.Or(a.readExpiry(m), time.Time{}).UTC()
	if key.Kind == commands.KeyPterodactyl {
		key.Permissions = commands.PanelPermissions(key.Permissions)
	} else if key.Kind != call.KeyKind {
		m.Fail("kind", "api_key_kind_invalid", "Keys of this kind are not made here.")
	}
	return key, m.Done()
}

func (a *api) changedAPIKey(r *http.Request, m *call.Members) commands.Command {
	return commands.UpdateAPIKey{ID: call.UserID(r), KeyID: keyID(r), Permissions: readPermissionsChange(m),
		AllowedIPs: call.Clearable[[]string](m, "allowed_ips"), ExpiresAt: a.readExpiry(m),
		Memo: call.Clearable[string](m, "memo")}
}

// readExpiry reads the member "expires_at"; zero: the key does not end by itself.
func (a *api) readExpiry(m *call.Members) *time.Time {
	const lastYear = 9999 // that RFC 3339 can write
	cleared := m.Clears("expires_at")
	expires := call.Clearable[time.Time](m, "expires_at")
	if expires != nil && !cleared && (!expires.After(a.Now()) || expires.Year() > lastYear) {
		m.Fail("expires_at", "expires_at_invalid", "A key ends in the future, before the year 10000.")
	}
	return expires
}

// How long the secret before a rotation works on, in seconds.
const (
	defaultKeyOverlap = 24 * 60 * 60
	maxKeyOverlap     = 30 * defaultKeyOverlap
)

// rotateAPIKey gives a key a new secret; whoever uses the one before has a while to change it.
func (a *api) rotateAPIKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err != nil {
		return err
	}
	overlap := call.Or(call.Member[int64](m, "overlap_seconds"), defaultKeyOverlap)
	if overlap < 0 || overlap > maxKeyOverlap {
		m.Fail("overlap_seconds", "overlap_invalid", "An overlap is at most %d seconds.", maxKeyOverlap)
	}
	if err := m.Done(); err != nil {
		return err
	}
	cmd := commands.RotateAPIKey{ID: call.UserID(r), KeyID: keyID(r)}
	var key commands.APIKey
	if u, err := c.Visible(r); err == nil { // else the command is refused
		key, _ = u.APIKey(cmd.KeyID)
	}
	token, hash := newKey(c, key.APIKey)
	cmd.Hash = events.Secret(hash)
	if overlap > 0 {
		cmd.OldUntil = a.Now().Add(time.Duration(overlap) * time.Second)
	}
	out, err := a.OnUser(r, c, cmd)
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	key, _ = out.User.APIKey(cmd.KeyID)
	return call.WriteEntity(w, http.StatusOK, out.User.Version,
		newAPIKeyAnswer{apiKeyAnswer: a.apiKeyOf(key), Key: token})
}

func (a *api) revokeAPIKey(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	return a.End(w, r, c, commands.RevokeAPIKey{ID: call.UserID(r), KeyID: keyID(r)})
}

type apiKeyAnswer struct {
	ID          uuid.UUID         `json:"id"`
	Kind        string            `json:"kind"`
	Permissions permissionsAnswer `json:"permissions"`
	AllowedIPs  []string          `json:"allowed_ips"`
	ExpiresAt   *time.Time        `json:"expires_at"`
	Memo        *string           `json:"memo"`
	AddedAt     time.Time         `json:"added_at"`
	LastUsedAt  *time.Time        `json:"last_used_at"`
	OldUntil    *time.Time        `json:"previous_expires_at"` // of the secret before the last rotation
}

// newAPIKeyAnswer is the one answer that shows the key.
type newAPIKeyAnswer struct {
	apiKeyAnswer
	Key string `json:"key"`
}

func (a *api) apiKeyOf(k commands.APIKey) apiKeyAnswer {
	used, _ := a.Usage.LastUsed(call.CredentialOf(k))
	out := apiKeyAnswer{ID: k.ID, Kind: k.Kind, Permissions: permissionsOf(k.Permissions), AllowedIPs: k.AllowedIPs,
		ExpiresAt: call.OrNull(k.ExpiresAt), Memo: call.OrNull(k.Memo), AddedAt: k.AddedAt,
		LastUsedAt: call.OrNull(used)}
	if a.Now().Before(k.OldUntil) {
		out.OldUntil = &k.OldUntil
	}
	if out.AllowedIPs == nil {
		out.AllowedIPs = []string{}
	}
	return out
}
