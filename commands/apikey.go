package commands

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// NoAPIKey is the Refusal of an id that none of the user's API keys has.
func NoAPIKey() *Refusal {
	return refuse(NotFound, "api_key_not_found", "", "The account has no such API key.")
}

// ParseAllowedIP reads one entry of an API key's allow-list, an address or a CIDR block, as a block.
func ParseAllowedIP(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

// AddAPIKey gives the user one more API key.
//
// Refusals: NotFound, Invalid, Forbidden, Taken, Conflict (too_many).
type AddAPIKey struct {
	ID  uuid.UUID
	Key events.APIKey
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
		return refuse(Invalid, "allowed_ips_invalid", "allowed_ips", "At most %d addresses may be allowed.",
			MaxAllowedIPs)
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

// RotateAPIKey gives an API key a new secret; the one before works on until OldUntil, or until the key ends if that is
// earlier.
//
// Refusals: NotFound, Forbidden, Taken, Conflict (api_key_expired, api_key_kind_invalid).
type RotateAPIKey struct {
	ID       uuid.UUID
	KeyID    uuid.UUID
	Hash     events.Secret
	OldUntil time.Time // zero: the one before is void at once
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
		return nil, refuse(Conflict, "api_key_kind_invalid", "",
			"Keys of this kind are renewed in their own API, which shows them again.")
	case s.UserByAPIKey(c.Hash.Reveal()) != nil:
		return nil, refuse(Taken, "api_key_taken", "", "There is such an API key.")
	}
	until := c.OldUntil.UTC()
	if !k.ExpiresAt.IsZero() && until.After(k.ExpiresAt) {
		until = k.ExpiresAt
	}
	return one(events.APIKeyRotated{ID: c.KeyID, Hash: c.Hash, OldUntil: until})
}

// RevokeAPIKey ends an API key.
//
// Refusals: NotFound, Forbidden.
type RevokeAPIKey struct {
	ID    uuid.UUID
	KeyID uuid.UUID
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

// UpdateAPIKey changes what its fields name; nil fields stay. A key that gains nothing by it may be changed by whoever
// could end it, any other change takes who could make such a key.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (api_key_expired, api_key_kind_invalid, key_unattested).
type UpdateAPIKey struct {
	ID          uuid.UUID
	KeyID       uuid.UUID
	Permissions PermissionsChange
	AllowedIPs  *[]string
	ExpiresAt   *time.Time // zero: it does not end by itself
	Memo        *string
}

// Of names the user.
func (c UpdateAPIKey) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateAPIKey) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateAPIKey) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayManageOrOwn(s, a, u); err != nil {
		return nil, err
	}
	k, ok := u.APIKey(c.KeyID)
	if !ok {
		return nil, NoAPIKey()
	}
	after := c.of(k.APIKey)
	if err := mayChangeKey(s, a, u, k.knownTo(a.At), k.APIKey, after); err != nil {
		return nil, err
	}
	switch {
	case k.Kind == KeyDanube:
		return nil, refuse(Conflict, "api_key_kind_invalid", "",
			"Keys of this kind are made and changed in their own API.")
	case k.Expired(a.At):
		return nil, refuse(Conflict, "api_key_expired", "", "The key has expired.")
	}
	e := keyDifference(k.APIKey, after)
	if e == (events.APIKeyUpdated{ID: k.ID}) {
		return nil, nil
	}
	if err := checkAPIKeyBounds(after); err != nil {
		return nil, err
	}
	return one(e)
}

// of returns the key with the changes made.
func (c UpdateAPIKey) of(k events.APIKey) events.APIKey {
	k.Permissions = c.Permissions.of(k.Permissions)
	if k.Kind == KeyPterodactyl {
		k.Permissions = PanelPermissions(k.Permissions)
	}
	set(&k.AllowedIPs, c.AllowedIPs)
	set(&k.ExpiresAt, c.ExpiresAt)
	k.ExpiresAt = k.ExpiresAt.UTC()
	set(&k.Memo, c.Memo)
	return k
}

// keyDifference is the Event that makes the one key the other.
func keyDifference(before, after events.APIKey) events.APIKeyUpdated {
	e := events.APIKeyUpdated{ID: before.ID, Permissions: changed(before.Permissions, &after.Permissions),
		Memo: changed(before.Memo, &after.Memo), AllowedIPs: changedList(before.AllowedIPs, &after.AllowedIPs)}
	if !after.ExpiresAt.Equal(before.ExpiresAt) {
		e.ExpiresAt = &after.ExpiresAt
	}
	return e
}

// PermissionsChange is what is new about a key's permissions; nil levels stay, an empty one leaves it to the user's
// role.
type PermissionsChange struct{ Users, Servers, Audit *string }

func (c PermissionsChange) of(p events.Permissions) events.Permissions {
	set(&p.Users, c.Users)
	set(&p.Servers, c.Servers)
	set(&p.Audit, c.Audit)
	return p
}

const (
	maxCredentials = 100 // of one kind that a user may have
	maxTitle       = 255
	maxSSHKey      = 64 << 10
)

// MaxAllowedIPs bounds an API key's allow-list: every request with the key looks through it.
const MaxAllowedIPs = 100

// elevated reports whether the user or one of its credentials may do more at that time than manage its own account.
func elevated(u *User, at time.Time) bool {
	none := events.Permissions{}
	return u.SuperAdmin ||
		slices.ContainsFunc(u.SigningKeys, func(k SigningKey) bool { return k.Permissions != none }) ||
		slices.ContainsFunc(u.APIKeys, func(k APIKey) bool { return !k.Expired(at) && k.Permissions != none })
}

// grants reports whether the new user would have credentials with permissions.
func grants(e events.UserCreated) bool {
	none := events.Permissions{}
	return slices.ContainsFunc(e.SigningKeys, func(k events.SigningKey) bool { return k.Permissions != none }) ||
		slices.ContainsFunc(e.APIKeys, func(k events.APIKey) bool { return k.Permissions != none })
}

// mayIssue tells whether the Actor may give the target a new credential, or an old one a new secret: it may do no more
// than the credential in use, and where it may do something beyond the target's own account, and on one's own account,
// it ends no later and works from nowhere else.
func mayIssue(s States, a Actor, target *User, k events.APIKey) error {
	if a.IsService() {
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	beyond := u.ID == target.ID || k.Permissions != (events.Permissions{}) || reaches(s, target)
	if !coversAll(a.Permissions, u, Granted(k.Permissions), target) || beyond && !staysWithin(u, a, k) {
		return stronger()
	}
	if makesSuperAdmins(target, k) && !(coversLogIn(s, u, a, target) && staysWithin(u, a, events.APIKey{})) {
		return stronger()
	}
	if whole := Granted(k.Permissions).Users == LevelOwner; whole && !target.SuperAdmin && reaches(s, target) &&
		!coversLogIn(s, u, a, target) {
		return stronger()
	}
	return nil
}

// makesSuperAdmins reports whether the key is one of the panel's API by which the target makes and changes super admins
// (see mayOpen): it leads to log-ins without bounds, whatever its own are.
func makesSuperAdmins(target *User, k events.APIKey) bool {
	return k.Kind == KeyPterodactyl && writesUsers(target, Actor{Permissions: Granted(k.Permissions)}) &&
		target.SuperAdmin
}

// mayAddKey tells whether the Actor may give the target that key: permissions of its own are a super admin's to give.
func mayAddKey(s States, a Actor, target *User, k events.APIKey) error {
	if k.Permissions != (events.Permissions{}) {
		if err := mayGrant(s, a); err != nil {
			return err
		}
	}
	return mayIssue(s, a, target, k)
}

// mayChangeKey tells whether the Actor may make the one key of the target's the other. By what gives the key nothing
// nobody gains: who may end a key may do that. What gives it more, those gain as well to whom its secret is known: so
// they must be such as could make the key as it is going to be.
func mayChangeKey(s States, a Actor, target *User, known []Author, before, after events.APIKey) error {
	if narrows(before.Permissions, after.Permissions) && within(before, after) {
		return nil
	}
	if err := mayAddKey(s, a, target, after); err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(by Author) bool { return !by.couldMake(s, target, after) }) {
		return refuse(Conflict, "key_unattested", "",
			"Somebody knows the secret of this key who could not make such a key: make another key.")
	}
	return nil
}

// staysWithin reports whether such a key of the user's ends no later than the credential in use, works from nowhere
// else and manages no users of the user's datacenters that it does not.
func staysWithin(u *User, a Actor, k events.APIKey) bool {
	return within(inUse(u, a), k) && (administersUsers(a.Permissions) || !administersUsers(Granted(k.Permissions)))
}

// keyInUse returns the API key by which the Actor asks, false when it asks by another credential, or the user has the
// key no more.
func (u *User) keyInUse(a Actor) (APIKey, bool) {
	id, ok := strings.CutPrefix(a.Credential, "api-key:")
	i := slices.IndexFunc(u.APIKeys, func(k APIKey) bool { return k.ID.String() == id })
	if !ok || i < 0 {
		return APIKey{}, false
	}
	return u.APIKeys[i], true
}

// inUse returns the bounds of the credential by which the Actor asks, which ends with the secret that was presented.
func inUse(u *User, a Actor) events.APIKey {
	k, ok := u.keyInUse(a)
	if !ok || a.Secret == "" || a.Secret == k.Hash {
		return k.APIKey
	}
	until := k.AddedAt // it opens the key no more
	if a.Secret == k.Old {
		until = k.OldUntil
	}
	if k.ExpiresAt.IsZero() || until.Before(k.ExpiresAt) {
		k.ExpiresAt = until
	}
	return k.APIKey
}

// Ended reports, for calls that last, whether the API key or session by which the Actor asks was ended or has expired
// by that time, or the key is another one than it was when the call began: by its secret, its permissions, or its
// addresses.
func Ended(s States, a Actor, now time.Time) bool {
	u := s.User(a.User)
	if a.Session != (Session{}) {
		return !a.Session.Holds(u, now)
	}
	if u == nil || !strings.HasPrefix(a.Credential, "api-key:") {
		return false
	}
	k, ok := u.keyInUse(a)
	from, _ := netip.ParseAddr(a.Address) // unknown: only a key that is open to every address allows it
	return !ok || !k.Allows(now, from) || a.Permissions != Granted(k.Permissions) ||
		a.Secret != "" && !k.Opens(a.Secret.Reveal(), now)
}

// within reports whether the second key ends no later than the first and works from no address that the first does not.
func within(k, other events.APIKey) bool {
	if !k.ExpiresAt.IsZero() && (other.ExpiresAt.IsZero() || other.ExpiresAt.After(k.ExpiresAt)) {
		return false
	}
	if len(k.AllowedIPs) == 0 {
		return true
	}
	return len(other.AllowedIPs) > 0 && !slices.ContainsFunc(other.AllowedIPs, func(ip string) bool {
		return !slices.ContainsFunc(k.AllowedIPs, func(block string) bool { return contains(block, ip) })
	})
}

func contains(block, ip string) bool {
	outer, err := ParseAllowedIP(block)
	inner, err2 := ParseAllowedIP(ip)
	return err == nil && err2 == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// The kinds of API key that more than one API knows.
const (
	KeyPterodactyl = "pterodactyl"
	KeyDanube      = "danube" // a user has one, which the API shows again
)

// APIKey is a bearer credential of the user.
type APIKey struct {
	events.APIKey
	AddedAt  time.Time
	Old      events.Secret // hash of the key before, which works until OldUntil; empty: none
	OldUntil time.Time
	By       Author   // who was shown its secret
	OldBy    Author   // and the one before
	Seen     []Author // who could read it since, where it can be read again
}

// oldBy returns who was shown the secret before, as long as that one opens the key, too.
func (k APIKey) oldBy(at time.Time) Author {
	if k.Old == "" || !at.Before(k.OldUntil) {
		return Author{}
	}
	return k.OldBy
}

// knownTo returns everybody who was shown a secret that opens the key at that time.
func (k APIKey) knownTo(at time.Time) []Author { return append([]Author{k.By, k.oldBy(at)}, k.Seen...) }

// author returns who asks by the key at that time, as far as its secrets tell.
func (k APIKey) author(at time.Time) Author { return together(k.knownTo(at)) }

func (k *APIKey) rotate(e events.APIKeyRotated, by Author) {
	k.Hash, k.Old, k.OldUntil = e.Hash, k.Hash, e.OldUntil
	k.By, k.OldBy = by, k.By
	if e.OldUntil.IsZero() {
		k.Old, k.OldBy = "", Author{}
	}
}

func (k *APIKey) update(e events.APIKeyUpdated) {
	set(&k.Permissions, e.Permissions)
	set(&k.AllowedIPs, e.AllowedIPs)
	set(&k.ExpiresAt, e.ExpiresAt)
	set(&k.Memo, e.Memo)
}

// Opens reports whether what is presented, by its hash, is the key at that time, or the one before which still works.
func (k APIKey) Opens(hash string, now time.Time) bool {
	presented := events.Secret(hash)
	return hash != "" && (k.Hash == presented || k.Old == presented && now.Before(k.OldUntil))
}

// Allows reports whether the key may be used at that time from that address (invalid: unknown, which only a key open to
// every address allows).
func (k APIKey) Allows(now time.Time, from netip.Addr) bool {
	return !k.Expired(now) && k.AllowsFrom(from)
}

// Expired reports whether the key has ended by itself at that time.
func (k APIKey) Expired(now time.Time) bool { return !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) }

// AllowsFrom is the part of Allows that is about the address.
func (k APIKey) AllowsFrom(from netip.Addr) bool {
	if len(k.AllowedIPs) == 0 {
		return true
	}
	for _, allowed := range k.AllowedIPs {
		if p, err := ParseAllowedIP(allowed); err == nil && from.IsValid() && p.Contains(from.Unmap()) {
			return true
		}
	}
	return false
}

// APIKey returns the user's API key of that id.
func (u *User) APIKey(id uuid.UUID) (APIKey, bool) {
	for _, k := range u.APIKeys {
		if k.ID == id {
			return k, true
		}
	}
	return APIKey{}, false
}

// APIKeyOpened returns the user's API key that the hash opens at that time, the zero key when there is none.
func (u *User) APIKeyOpened(hash string, now time.Time) APIKey {
	for _, k := range u.APIKeys {
		if k.Opens(hash, now) {
			return k
		}
	}
	return APIKey{}
}

// CallbackKey is by which the user knows that a callback comes from the service. Danube's API shows it again.
type CallbackKey struct {
	Secret events.Secret
	By     Author   // who was shown it when it was made
	Seen   []Author // who could read it since
}

func newCallbackKey(secret events.Secret, by Author) *CallbackKey {
	if secret == "" {
		return nil
	}
	return &CallbackKey{Secret: secret, By: by}
}

// knownTo returns everybody who was shown it, the parent who is shown it among them.
func (k CallbackKey) knownTo(parent Author) []Author {
	return append([]Author{k.By, parent}, k.Seen...)
}

// CallbackSecret returns the user's callback key, empty when there is none.
func (u *User) CallbackSecret() events.Secret {
	if u.CallbackKey == nil {
		return ""
	}
	return u.CallbackKey.Secret
}
