package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

// The provisioning states of a user.
const (
	StateCreating = "creating" // another system still sets up what belongs to the account
	StateCreated  = "created"
	StateFailed   = "failed"
)

// The levels of access of a client's member.
const (
	AccessFull     = "full"
	AccessReadOnly = "read_only"
)

// The levels of a permission.
const (
	LevelNone  = "none"
	LevelRead  = "read"
	LevelWrite = "write" // without reading
	LevelAll   = "all"
)

// AdministratorNumber is the number of the user made at first start, who cannot be deleted, disabled or demoted.
const AdministratorNumber = 1

// User is the State of a User aggregate. It is immutable: Evolve makes a new one. A nil *User stands for no such user.
type User struct {
	ID          uuid.UUID
	Number      int64
	Version     uint64 // sequence of the newest Record
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Key         events.KeyID // of the data key that seals the user's history
	Username    string
	Email       string
	FirstName   string
	LastName    string
	DisplayName string // only when the name was given as one text
	Phone       string
	ExternalID  string
	Language    string
	Timezone    string
	State       string // provisioning
	Active      bool
	SuperAdmin  bool
	APIAccess   bool
	Parent      uuid.UUID // zero for none
	Client      int64     // 0 for none
	MemberSince uint64    // sequence of the Record by which the user came into the Client; 0: of none
	Access      string
	Comment     string
	ExtraParams string
	Datacenter  uuid.UUID // zero for none
	Groups      []uuid.UUID
	Profile     *events.Profile // nil when nothing is stored

	PasswordHash events.Secret // empty: no log-in by password
	PasswordBy   Author        // who set it
	EmailBy      Author        // who set the e-mail address, or attested it since
	// EmailUnattested says that a stranger to what the account has become set the address, and nobody has attested it.
	EmailUnattested bool
	// who had the account's first mail sent to another address, until another one is due
	WelcomeBy     Author
	PasswordReset *events.PasswordResetRequested // nil: none is open
	// sequence of the newest Record that ended what was mailed before it; 0: none did
	LinksSince   uint64
	SecondFactor *SecondFactor       // nil: there is none
	Locked       *events.LogInLocked // nil: it never was, or somebody ended it
	// sequence of the newest Record that ended all log-ins before it; 0: none did
	LogInsSince   uint64
	TokensSince   uint64         // the same of tokens of Danube's API, which a new password may leave
	DisabledSince uint64         // sequence of the newest Record that disabled the user; 0: none did
	SessionsSince uint64         // the same of all sessions, also of those that no log-in gave
	Ended         []EndedSession // one by one since then; oldest first
	SSHKeys       []SSHKey       // oldest first
	SigningKeys   []SigningKey   // oldest first
	StorageKeys   []StorageKey
	APIKeys       []APIKey
	CallbackKey   *CallbackKey // nil: there is none
	Resources     []events.ResourceLinked
	Consents      []Consent // oldest first
}

// join makes the user a member of the client of that number, 0 for none, unless it is nil or that of before. With a
// membership ends what was granted in it.
func (u *User) join(client *int64, r events.Record) {
	if client == nil || *client == u.Client {
		return
	}
	u.Client, u.Consents, u.MemberSince = *client, nil, 0
	if u.Client != 0 {
		u.MemberSince = r.Sequence
	}
}

// endLogIns ends what log-ins gave that were made before the Record.
func (u *User) endLogIns(r events.Record) {
	u.LogInsSince = r.Sequence
	if e, _ := r.Event.(events.PasswordChanged); !e.KeepsTokens {
		u.TokensSince = r.Sequence
	}
}

// endLinks ends the link to set a password that was mailed before the Record, and those in mails that still wait.
func (u *User) endLinks(r events.Record) { u.PasswordReset, u.LinksSince = nil, r.Sequence }

func newUser(e events.UserCreated, r events.Record) *User {
	u := &User{
		ID: r.Aggregate.ID, Number: e.Number, Version: r.Sequence, CreatedAt: r.Time, UpdatedAt: r.Time, Key: r.Key,
		State: e.State, Active: e.Active, SuperAdmin: e.SuperAdmin, APIAccess: e.APIAccess, Parent: e.Parent,
		Client: e.Client,
		Access: e.Access, Datacenter: e.Datacenter, Groups: e.Groups, Profile: e.Profile, PasswordHash: e.PasswordHash,
	}
	for _, f := range userFields {
		*f.Of(u) = *f.Created(&e)
	}
	if e.Client != 0 {
		u.MemberSince = r.Sequence
	}
	by := u.author(r)
	u.PasswordBy, u.EmailBy = by, by
	u.CallbackKey = newCallbackKey(e.CallbackKey, by)
	if e.WelcomeTo != "" && e.WelcomeTo != e.Email {
		u.WelcomeBy = by
	}
	for _, k := range e.StorageKeys {
		u.StorageKeys = append(u.StorageKeys, StorageKey{StorageKey: k, By: by})
	}
	for _, k := range e.SigningKeys {
		u.SigningKeys = append(u.SigningKeys, SigningKey{SigningKey: k, AddedAt: r.Time, By: by})
	}
	for _, k := range e.APIKeys {
		u.APIKeys = append(u.APIKeys, APIKey{APIKey: k, AddedAt: r.Time, By: by})
	}
	u.pack()
	return u
}

// pack moves the user's texts into one piece of memory. There are many users and they stay for long: the fewer pieces
// they consist of, the less memory they take and the less the garbage collector has to look at.
func (u *User) pack() {
	texts := []*string{&u.State, &u.Access, (*string)(&u.PasswordHash)}
	for _, f := range userFields {
		texts = append(texts, f.Of(u))
	}
	for i := range u.SigningKeys {
		texts = append(texts, &u.SigningKeys[i].ID, &u.SigningKeys[i].Name, (*string)(&u.SigningKeys[i].Secret))
	}
	for i := range u.StorageKeys {
		texts = append(texts, &u.StorageKeys[i].Kind, &u.StorageKeys[i].ID, (*string)(&u.StorageKeys[i].Secret))
	}
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(*t)
	}
	rest := all.String()
	for _, t := range texts {
		*t, rest = rest[:len(*t)], rest[len(*t):]
	}
}

func (u *User) update(e events.ProfileUpdated) {
	if e.Email != nil {
		u.PasswordReset = nil // its token went to the address before
	}
	for _, f := range userFields {
		set(f.Of(u), *f.Updated(&e))
	}
	if e.Profile != nil {
		u.Profile = e.Profile
	}
	if u.Profile != nil && *u.Profile == (events.Profile{}) {
		u.Profile = nil
	}
}

// Protected reports whether the user is the bootstrap administrator.
func (u *User) Protected() bool { return u.Number == AdministratorNumber }

// Usable reports whether the user may use the account now: active and completely created.
func (u *User) Usable() bool { return u.Active && u.State == StateCreated }

// NeedsCode reports whether a log-in by a password takes a second factor, too.
func (u *User) NeedsCode() bool { return u.SecondFactor != nil && u.SecondFactor.Confirmed }

// LockedUntil returns when log-ins by password are possible again, zero when they are at that time.
func (u *User) LockedUntil(now time.Time) time.Time {
	if u.Locked == nil || !now.Before(u.Locked.Until) {
		return time.Time{}
	}
	return u.Locked.Until
}

// Name returns the display name, or the first and last name with a blank between them.
func (u *User) Name() string {
	switch {
	case u.DisplayName != "":
		return u.DisplayName
	case u.FirstName == "":
		return u.LastName
	case u.LastName == "":
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

// Refusals of what does not exist.

func noSuchUser() *Refusal {
	return refuse(NotFound, "user_not_found", "", "There is no such user.")
}

// checkWelcome refuses a mail that nobody knows and one to no address.
func checkWelcome(e events.UserCreated) error {
	switch e.Welcome {
	case "", events.WelcomeAccountCreated, events.WelcomeAccessData:
	default:
		return refuse(Invalid, "welcome_invalid", "welcome", "There is no such mail.")
	}
	if e.WelcomeTo == "" {
		return nil
	}
	if !ValidEmail(e.WelcomeTo) {
		return refuse(Invalid, "email_invalid", "welcome_to", "This is not an e-mail address.")
	}
	return checkText("welcome_to", e.WelcomeTo, maxEmail, false)
}

// checkMembership refuses what does not exist. Client is the user's from then on.
func checkMembership(s States, client int64, m events.MembershipChanged) error {
	if client == 0 && m.Access != nil && *m.Access != "" {
		return refuse(Invalid, "access_invalid", "access", "Only the members of a client have access.")
	}
	if m.Access != nil && *m.Access != "" && *m.Access != AccessFull && *m.Access != AccessReadOnly {
		return refuse(Invalid, "access_invalid", "access", "Access is full or read_only.")
	}
	dir := s.Directory()
	if m.Client != nil && *m.Client != 0 && dir.ClientByNumber(*m.Client) == nil {
		return noSuch("client_id")
	}
	if m.Datacenter != nil && *m.Datacenter != uuid.Nil && dir.Datacenter(*m.Datacenter) == nil {
		return noSuch("datacenter")
	}
	if m.Groups != nil {
		return checkExisting("groups", *m.Groups, func(id uuid.UUID) bool { return dir.Group(id) != nil })
	}
	return nil
}

// CreateUser makes a user. Number and Parent of User are decided, not taken. An empty Username is made from the e-mail
// address, an empty State means created.
//
// Refusals: Invalid, Taken (email_taken, username_taken, external_id_taken), Forbidden.
type CreateUser struct {
	ID       uuid.UUID
	User     events.UserCreated
	Attested bool // the caller answers for what User says is verified, whoever asks; else only a super admin attests
}

// Of names the user who is to be.
func (c CreateUser) Of() events.Aggregate { return events.User(c.ID) }

func (c CreateUser) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	e := c.User
	if err := mayCreate(s, a, e); err != nil {
		return nil, err
	}
	if attests(nil, e.Profile) && !c.Attested {
		if err := mayGrant(s, a); err != nil {
			return nil, err
		}
	}
	if s.User(c.ID) != nil || s.Deleted(c.ID) != nil { // nobody becomes who somebody was
		return nil, refuse(Taken, "id_taken", "id", "There is a user with this id.")
	}
	e.Number = s.LastNumber(events.UserNumber) + 1
	if e.Parent == uuid.Nil {
		e.Parent = parentOf(s, a, e)
	}
	if e.Client != 0 && e.Access == "" {
		e.Access = AccessFull
	}
	if e.State == "" {
		e.State = StateCreated
	}
	if e.Profile != nil && *e.Profile == (events.Profile{}) {
		e.Profile = nil
	}
	if e.FirstName == "" && e.LastName == "" {
		e.FirstName, e.LastName = split(e.DisplayName)
	}
	if err := checkCreated(s, c.ID, e); err != nil {
		return nil, err
	}
	if e.Username == "" {
		e.Username = usernameFor(s, e.Email, e.Number)
	}
	return []events.Draft{{Aggregate: events.User(c.ID), Event: e}}, nil
}

// checkCreated checks what does not depend on who asks.
func checkCreated(s States, id uuid.UUID, e events.UserCreated) error {
	if err := checkProfile(s, id, initial(&e)); err != nil {
		return err
	}
	if err := checkMembership(s, e.Client, events.MembershipChanged{
		Client: &e.Client, Access: &e.Access, Datacenter: &e.Datacenter, Groups: &e.Groups,
	}); err != nil {
		return err
	}
	if err := checkParent(s, id, &e.Parent); err != nil {
		return err
	}
	if err := checkWelcome(e); err != nil {
		return err
	}
	if err := CheckBound(s, e.Datacenter, e.Groups, e.SuperAdmin); err != nil {
		return err
	}
	for _, k := range e.SigningKeys {
		if err := checkSigningKey(s, k); err != nil {
			return err
		}
	}
	for _, k := range e.APIKeys {
		if err := checkAPIKey(s, k); err != nil {
			return err
		}
	}
	return nil
}

// UpdateUser changes what its fields name; nil fields stay. A Version other than 0 must be the user's. Where
// ProfileFrom is given, of Profile.Profile only what differs from it changes, whatever the user's profile has become
// since.
//
// Refusals: NotFound, Invalid, Taken, Forbidden, Stale, Conflict (protected).
type UpdateUser struct {
	ID           uuid.UUID
	Version      uint64
	Profile      events.ProfileUpdated
	ProfileFrom  *events.Profile // that Profile.Profile was made of; nil: all of it is meant
	Membership   events.MembershipChanged
	Rights       events.RightsChanged
	Active       *bool
	Attested     bool // a super admin who asks answers for new addresses where those before were verified
	PasswordHash *events.Secret
	KeepsTokens  bool           // a new password does not end tokens of Danube's API
	APIKey       *events.APIKey // takes the place of the user's API keys of its kind
	CallbackKey  *events.Secret
	// PasswordImported says that the hash was made elsewhere: its cost and the password's rules are not this service's.
	PasswordImported bool
}

// Of names the user.
func (c UpdateUser) Of() events.Aggregate { return events.User(c.ID) }

func (c UpdateUser) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c UpdateUser) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	c = c.changes(u)
	if err := mayUpdate(s, a, u, c); err != nil {
		return nil, err
	}
	c.Profile = followed(u, c.Profile)
	if !c.Attested || mayAttest(s, a, u) != nil {
		c.Profile.Profile = unverified(u, c.Profile)
	}
	if err := checkVersion(u.Version, c.Version); err != nil {
		return nil, err
	}
	if err := checkProfile(s, u.ID, c.Profile); err != nil {
		return nil, err
	}
	client := u.Client
	set(&client, c.Membership.Client)
	if err := checkMembership(s, client, c.Membership); err != nil {
		return nil, err
	}
	if err := checkParent(s, u.ID, c.Membership.Parent); err != nil {
		return nil, err
	}
	if err := checkBoundAfter(s, u, c); err != nil {
		return nil, err
	}
	if c.APIKey != nil {
		if err := checkAPIKey(s, *c.APIKey); err != nil {
			return nil, err
		}
	}
	if u.Protected() && (c.Active != nil || c.Rights.SuperAdmin != nil || c.Rights.APIAccess != nil && u.APIAccess) {
		return nil, protected("The administrator cannot be disabled or lose the rights of a super admin.")
	}
	return updateEvents(u, c), nil
}

// changes returns the command without what is so already.
func (c UpdateUser) changes(u *User) UpdateUser {
	if c.ProfileFrom != nil && c.Profile.Profile != nil {
		c.Profile.Profile = mergedProfile(u.Profile, *c.ProfileFrom, *c.Profile.Profile)
	}
	c.Profile = changedProfile(u, c.Profile)
	c.Membership = changedMembership(u, completed(u, c.Membership))
	c.Rights.SuperAdmin = changed(u.SuperAdmin, c.Rights.SuperAdmin)
	c.Rights.APIAccess = changed(u.APIAccess, c.Rights.APIAccess)
	c.Active = changed(u.Active, c.Active)
	c.PasswordHash = changed(u.PasswordHash, c.PasswordHash)
	c.CallbackKey = changed(u.CallbackSecret(), c.CallbackKey)
	return c
}

func updateEvents(u *User, c UpdateUser) []events.Event {
	var out []events.Event
	if c.Profile != (events.ProfileUpdated{}) {
		out = append(out, c.Profile)
	}
	if c.Membership != (events.MembershipChanged{}) {
		out = append(out, c.Membership)
	}
	if c.Rights != (events.RightsChanged{}) {
		out = append(out, c.Rights)
	}
	if c.Rights.SuperAdmin != nil && !*c.Rights.SuperAdmin {
		out = append(out, narrowed(u)...)
	}
	if c.PasswordHash != nil {
		out = append(out, events.PasswordChanged{Hash: *c.PasswordHash, KeepsTokens: c.KeepsTokens})
	}
	if c.APIKey != nil {
		out = append(out, replaceAPIKey(u, *c.APIKey)...)
	}
	if c.CallbackKey != nil {
		out = append(out, events.CallbackKeySet{Secret: *c.CallbackKey})
	}
	if c.Active != nil && *c.Active {
		out = append(out, events.UserEnabled{})
	}
	if c.Active != nil && !*c.Active {
		out = append(out, events.UserDisabled{})
	}
	return out
}

// opens reports whether the update leads to a log-in as the user, or gives log-ins that there are more to do.
func (c UpdateUser) opens() bool {
	return c.PasswordHash != nil || c.Profile.Email != nil || c.Profile.Username != nil ||
		isTrue(c.Rights.SuperAdmin) ||
		c.Membership.Groups != nil || c.Membership.Datacenter != nil || c.Membership.Client != nil ||
		c.Membership.Access != nil
}

// after returns the user as the update makes it, as far as rights depend on it.
func (c UpdateUser) after(u *User) *User {
	next := *u
	set(&next.SuperAdmin, c.Rights.SuperAdmin)
	set(&next.Client, c.Membership.Client)
	set(&next.Access, c.Membership.Access)
	set(&next.Datacenter, c.Membership.Datacenter)
	set(&next.Groups, c.Membership.Groups)
	set(&next.Parent, c.Membership.Parent)
	return &next
}

// DeleteUser ends an account. A Version other than 0 must be the user's.
//
// Refusals: NotFound, Forbidden, Stale, Conflict (protected, owns_datacenters, has_resources).
type DeleteUser struct {
	ID      uuid.UUID
	Version uint64
}

// Of names the user.
func (c DeleteUser) Of() events.Aggregate { return events.User(c.ID) }

func (c DeleteUser) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c DeleteUser) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := mayDelete(s, a, u); err != nil {
		return nil, err
	}
	if err := checkVersion(u.Version, c.Version); err != nil {
		return nil, err
	}
	if u.Protected() {
		return nil, protected("The administrator cannot be deleted.")
	}
	if ownsDatacenters(s, u) {
		return nil, refuse(Conflict, "owns_datacenters", "", "The account owns datacenters.")
	}
	if len(u.Resources) > 0 {
		return nil, refuse(Conflict, "has_resources", "", "Resources still belong to this account.")
	}
	return one(events.UserDeleted{})
}

// EraseUser ends an account, if it is not deleted yet, and makes everything about the person unreadable for good, in
// the whole history. The data key is destroyed when the Record is in the Log; see package erasure.
//
// Refusals: those of DeleteUser, also for an account that is deleted. One that is erased already is no error.
type EraseUser struct{ ID uuid.UUID }

// Of names the user, who may be deleted already.
func (c EraseUser) Of() events.Aggregate { return events.User(c.ID) }

func (c EraseUser) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	if u := s.User(c.ID); u != nil {
		facts, err := DeleteUser{ID: u.ID, Version: version}.decideOn(s, a, u)
		if err != nil {
			return nil, err
		}
		return drafts(u, append(facts, events.UserErased{})), nil
	}
	d := s.Deleted(c.ID)
	if d == nil {
		return nil, noSuchUser()
	}
	if err := mayErase(s, a, d); err != nil {
		return nil, err
	}
	if err := checkVersion(d.Version, version); err != nil || d.Erased {
		return nil, err
	}
	return []events.Draft{{Aggregate: events.User(d.ID), Key: d.Key, Event: events.UserErased{}}}, nil
}

// CompleteProvisioning reports that what belongs to the account is set up.
type CompleteProvisioning struct{ ID uuid.UUID }

// Of names the user.
func (c CompleteProvisioning) Of() events.Aggregate { return events.User(c.ID) }

func (c CompleteProvisioning) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c CompleteProvisioning) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	return decideProvisioned(s, a, u, StateCreated, events.ProvisioningCompleted{})
}

func decideProvisioned(s States, a Actor, u *User, state string, e events.Event) ([]events.Event, error) {
	if err := mayManage(s, a, u); err != nil {
		return nil, err
	}
	if err := mayGrant(s, a); err != nil {
		return nil, err
	}
	switch u.State {
	case state:
		return nil, nil
	case StateCreating, StateFailed:
		return one(e)
	}
	return nil, refuse(Conflict, "already_created", "", "This account is already created.")
}

func changedMembership(u *User, m events.MembershipChanged) events.MembershipChanged {
	m.Client = changed(u.Client, m.Client)
	m.Access = changed(u.Access, m.Access)
	m.Datacenter = changed(u.Datacenter, m.Datacenter)
	m.Parent = changed(u.Parent, m.Parent)
	m.Groups = changedList(u.Groups, m.Groups)
	return m
}

// FailProvisioning reports that what belongs to the account could not be set up.
type FailProvisioning struct {
	ID     uuid.UUID
	Reason string
}

// Of names the user.
func (c FailProvisioning) Of() events.Aggregate { return events.User(c.ID) }

func (c FailProvisioning) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c FailProvisioning) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if err := checkText("reason", c.Reason, maxText, true); err != nil {
		return nil, err
	}
	return decideProvisioned(s, a, u, StateFailed, events.ProvisioningFailed{Reason: c.Reason})
}

// Deleted is what is remembered of a user who was deleted: as much as erasing needs. It is immutable.
type Deleted struct {
	ID      uuid.UUID
	Parent  uuid.UUID    // who, as its parent, could have deleted it; zero for none, and once erased
	Key     events.KeyID // of the data key that seals the user's history
	Version uint64       // sequence of the newest Record
	Erased  bool         // nothing more can be read of the user, or the data key is about to be destroyed
}

// EvolveDeleted returns what is remembered after the Record of a user who was u before it, nil for nothing. It depends
// on the Record's type alone, because the content of an erased user's Records cannot be read.
func EvolveDeleted(d *Deleted, u *User, r events.Record) *Deleted {
	if !ends(r) {
		return d
	}
	next := &Deleted{ID: r.Aggregate.ID, Key: r.Key, Version: r.Sequence, Erased: r.Type == events.UserErased{}.Type()}
	if u != nil && !next.Erased && len(u.Groups) == 0 && !elevated(u, r.Time) {
		next.Parent = u.ScopeParent()
	}
	return next
}

// ends reports whether the Record ends the account that it belongs to.
func ends(r events.Record) bool {
	return r.Type == events.UserDeleted{}.Type() || r.Type == events.UserErased{}.Type()
}

// Evolve returns the State of a user after the Record, and leaves u as it is. A nil result means that there is no such
// user (any more). A Record whose content is erased, or that does not fit the State, changes nothing, unless its type
// alone says that the account has ended: a data key may be destroyed while the Records that it seals are being read.
func Evolve(u *User, r events.Record) *User {
	if created, ok := r.Event.(events.UserCreated); ok && u == nil {
		return newUser(created, r)
	}
	if u == nil || ends(r) {
		return nil
	}
	next := *u
	next.Version, next.UpdatedAt = r.Sequence, r.Time
	switch e := r.Event.(type) {
	case events.ProfileUpdated:
		next.update(e)
		if e.Email != nil || attestsEmail(u.Profile, e.Profile) {
			next.EmailBy, next.EmailUnattested = u.author(r), false
		}
	case events.EmailUnattested:
		next.EmailUnattested, next.Profile = true, withoutAttestation(u.Profile)
		next.endLinks(r)
	case events.MembershipChanged:
		next.join(e.Client, r)
		set(&next.Access, e.Access)
		set(&next.Datacenter, e.Datacenter)
		set(&next.Groups, e.Groups)
		set(&next.Parent, e.Parent)
		next.leave(u)
	case events.RightsChanged:
		set(&next.SuperAdmin, e.SuperAdmin)
		set(&next.APIAccess, e.APIAccess)
		next.leave(u)
	case events.UserEnabled:
		next.Active = true
	case events.UserDisabled:
		next.Active, next.DisabledSince = false, r.Sequence
		next.endLinks(r)
	case events.ProvisioningCompleted:
		next.State = StateCreated
	case events.ProvisioningFailed:
		next.State = StateFailed
	case events.PasswordChanged:
		next.PasswordHash = e.Hash
		if !e.Rehash {
			next.PasswordBy, next.WelcomeBy = u.author(r), Author{}
			next.endLinks(r)
			next.endLogIns(r)
		}
	case events.PasswordResetRequested:
		next.PasswordReset, next.UpdatedAt = &e, u.UpdatedAt // nothing about the user has changed
	case events.LogInLocked:
		next.Locked, next.UpdatedAt = &e, u.UpdatedAt // nothing about the user has changed
	case events.LogInUnlocked:
		next.Locked, next.UpdatedAt = nil, u.UpdatedAt
	case events.SessionEnded:
		next.endSession(e, r)
		next.UpdatedAt = u.UpdatedAt
	case events.SessionsEnded:
		next.endSessions(r)
		next.UpdatedAt = u.UpdatedAt
	case events.TOTPEnrolled:
		next.SecondFactor = &SecondFactor{Secret: e.Secret, By: u.author(r)}
	case events.TOTPConfirmed:
		next.SecondFactor = u.SecondFactor.with(e.RecoveryCodes, u.author(r))
		next.endLogIns(r)
	case events.RecoveryCodesRenewed:
		next.SecondFactor = u.SecondFactor.with(e.RecoveryCodes, u.author(r))
	case events.RecoveryCodeUsed:
		next.SecondFactor, next.UpdatedAt = u.SecondFactor.without(e.Hash), u.UpdatedAt
	case events.TOTPRemoved:
		next.SecondFactor = nil
		if u.NeedsCode() {
			next.endLogIns(r)
		}
	case events.MailRequested:
		next.UpdatedAt, next.WelcomeBy = u.UpdatedAt, Author{}
	case events.SSHKeyAdded:
		next.SSHKeys = append(slices.Clip(u.SSHKeys), SSHKey{e, r.Time, u.author(r)})
	case events.SSHKeyRenamed:
		next.SSHKeys = each(u.SSHKeys, func(k *SSHKey) {
			if k.Number == e.Number {
				k.Title = e.Title
			}
		})
	case events.SSHKeyRemoved:
		next.SSHKeys = without(u.SSHKeys, func(k SSHKey) bool { return k.Number == e.Number })
	case events.SigningKeyAdded:
		next.SigningKeys = append(slices.Clip(u.SigningKeys), SigningKey{SigningKey: e.SigningKey, AddedAt: r.Time,
			By: u.author(r)})
	case events.SigningKeyRotated:
		next.SigningKeys = each(u.SigningKeys, func(k *SigningKey) {
			if k.ID == e.ID {
				k.Secret, k.By, k.Seen = e.Secret, u.author(r), nil
			}
		})
	case events.SigningKeyUpdated:
		next.SigningKeys = each(u.SigningKeys, func(k *SigningKey) {
			if k.ID == e.ID {
				set(&k.Permissions, e.Permissions)
				set(&k.Name, e.Name)
			}
		})
	case events.SigningKeyRemoved:
		next.SigningKeys = without(u.SigningKeys, func(k SigningKey) bool { return k.ID == e.ID })
	case events.StorageKeySet:
		next.StorageKeys = append(without(u.StorageKeys, func(k StorageKey) bool { return k.Kind == e.Kind }),
			StorageKey{StorageKey: e.StorageKey, By: u.author(r)})
	case events.StorageKeyRemoved:
		next.StorageKeys = without(u.StorageKeys, func(k StorageKey) bool { return k.Kind == e.Kind })
	case events.APIKeyAdded:
		next.APIKeys = append(slices.Clip(u.APIKeys), APIKey{APIKey: e.APIKey, AddedAt: r.Time, By: u.author(r)})
	case events.APIKeyRotated:
		next.APIKeys = each(u.APIKeys, func(k *APIKey) {
			if k.ID == e.ID {
				k.rotate(e, u.author(r))
			}
		})
	case events.APIKeyUpdated:
		next.APIKeys = each(u.APIKeys, func(k *APIKey) {
			if k.ID == e.ID {
				k.update(e)
			}
		})
	case events.APIKeyRevoked:
		next.APIKeys = without(u.APIKeys, func(k APIKey) bool { return k.ID == e.ID })
	case events.CallbackKeySet:
		next.CallbackKey = newCallbackKey(e.Secret, u.author(r))
	case events.ResourceLinked:
		next.Resources = append(without(u.Resources, sameResource(e.Kind, e.ID)), e)
	case events.ResourceUnlinked:
		next.Resources = without(u.Resources, sameResource(e.Kind, e.ID))
	case events.ConsentGiven:
		next.Consents = append(without(u.Consents, consentTo(e.Application)), Consent{e.Application, r.Sequence, r.Time,
			u.author(r)})
	case events.ConsentWithdrawn:
		next.Consents = without(u.Consents, consentTo(e.Application))
	default:
		return u
	}
	switch r.Event.(type) {
	case events.PasswordChanged, events.APIKeyAdded, events.APIKeyRotated, events.SigningKeyAdded,
		events.SigningKeyRotated, events.StorageKeySet, events.CallbackKeySet:
		next.show(next.logIns()...)
	}
	return &next
}
