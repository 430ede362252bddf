package native

import (
	"cmp"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events"
	"accountd/http/native/call"
)

// userBody is what a request says about a user; what is nil it does not say.
type userBody struct {
	profile      events.ProfileUpdated // without its Profile
	membership   events.MembershipChanged
	parent       *string   // a UUID, empty for none
	datacenter   *string   // by name, empty for none
	groups       *[]string // by name
	rights       events.RightsChanged
	active       *bool
	password     *string
	passwordHash *events.Secret // empty: no log-in by password any more
	profilePatch *profilePatch
	readOnly     call.Object // as they were sent
	imported     bool        // the password was chosen elsewhere
}

// readOnly are the members that no request changes.
var readOnly = []string{"id", "number", "state", "locked_until", "second_factor", "created_at", "updated_at"}

// readUser reads the members of a user.
func readUser(m *call.Members) (userBody, error) {
	b := userBody{
		profile: readTexts(m),
		membership: events.MembershipChanged{
			Client: call.Clearable[int64](m, "client_id"), Access: call.Clearable[string](m, "access"),
		},
		datacenter: call.Clearable[string](m, "datacenter"), groups: call.Clearable[[]string](m, "groups"),
		parent: call.Clearable[string](m, "parent"),
		rights: events.RightsChanged{SuperAdmin: call.Member[bool](m, "super_admin"),
			APIAccess: call.Member[bool](m, "api_access")},
		active:       call.Member[bool](m, "active"),
		profilePatch: readProfile(m),
	}
	b.readPassword(m)
	b.readOnly = m.TakeAll(readOnly...)
	return b, m.Done()
}

// readTexts reads the descriptive texts.
func readTexts(m *call.Members) (p events.ProfileUpdated) {
	for _, f := range commands.Fields() {
		if f.Always {
			*f.Updated(&p) = call.Member[string](m, f.Name)
		} else {
			*f.Updated(&p) = call.Clearable[string](m, f.Name)
		}
	}
	return p
}

func (b *userBody) readPassword(m *call.Members) {
	cleared := m.Clears("password") || m.Clears("password_hash")
	plain, hash := m.Take("password"), m.Take("password_hash")
	if plain != nil && hash != nil {
		m.Fail("password_hash", "password_twice", "A password is given in clear or as a hash, not both.")
	}
	if cleared {
		b.passwordHash = new(events.Secret)
		return
	}
	b.password = call.Decode[string](m, "password", plain)
	if h := call.Decode[string](m, "password_hash", hash); h != nil {
		b.passwordHash = (*events.Secret)(h)
		if password.Check(*h) != nil {
			m.Fail("password_hash", "password_hash_invalid", "This is not a password hash of a known form.")
		}
	}
}

// belongs returns where the user is to belong.
func (b userBody) belongs(dir *commands.Directory) events.MembershipChanged {
	m := b.membership
	m.Parent = parentOf(b.parent)
	m.Datacenter, m.Groups = datacenterNamed(dir, b.datacenter), groupsNamed(dir, b.groups)
	return m
}

// creation returns the command that makes such a user, without a password given in clear.
func (b userBody) creation(dir *commands.Directory, id uuid.UUID) (commands.CreateUser, error) {
	if err := b.readOnly.Absent(); err != nil {
		return commands.CreateUser{}, err
	}
	if b.profile.Email == nil {
		return commands.CreateUser{},
			call.BadMember(call.Pointer("email"), "email_required", "A user needs an e-mail address.")
	}
	m := b.belongs(dir)
	e := events.UserCreated{
		Profile:      b.profilePatch.onto(nil),
		PasswordHash: call.Or(b.passwordHash, ""),
		Active:       call.Or(b.active, true), SuperAdmin: call.Or(b.rights.SuperAdmin, false),
		APIAccess: call.Or(b.rights.APIAccess, false),
		Client:    call.Or(m.Client, 0), Access: call.Or(m.Access, ""), Datacenter: call.Or(m.Datacenter, uuid.Nil),
		Groups: call.Or(m.Groups, nil), Parent: call.Or(m.Parent, uuid.Nil),
	}
	for _, f := range commands.Fields() {
		*f.Created(&e) = call.Or(*f.Updated(&b.profile), "")
	}
	return commands.CreateUser{ID: id, User: e}, nil
}

// update returns the command that makes the user so, without a password given in clear.
func (b userBody) update(dir *commands.Directory, u *commands.User, version uint64) commands.UpdateUser {
	c := commands.UpdateUser{ID: u.ID, Version: version, Profile: b.profile, Membership: b.belongs(dir),
		Rights: b.rights,
		Active: b.active, PasswordHash: b.passwordHash,
		PasswordImported: b.passwordHash != nil && *b.passwordHash != ""}
	c.Profile.Profile = b.profilePatch.onto(u.Profile)
	if b.profilePatch != nil && !b.profilePatch.all {
		c.ProfileFrom = cmp.Or(u.Profile, &events.Profile{}) // what was not named stays as it is then
	}
	return c
}

// checkReadOnly refuses read-only members with another value than the user's.
func (b userBody) checkReadOnly(at time.Time, dir *commands.Directory, u *commands.User) error {
	if len(b.readOnly) == 0 {
		return nil
	}
	j := userJSON(at, named(dir), u)
	defer j.Free()
	return b.readOnly.Repeats(j.Bytes())
}
