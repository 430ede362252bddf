package native

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events"
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
	details      *details
	readOnly     object // as they were sent
	imported     bool   // the password was chosen elsewhere
}

// readOnly are the members that no request changes.
var readOnly = []string{"id", "number", "state", "locked_until", "second_factor", "created_at", "updated_at"}

// readUser reads the members of a user.
func readUser(m *members) (userBody, error) {
	b := userBody{
		profile: events.ProfileUpdated{
			Username: member[string](m, "username"), Email: member[string](m, "email"),
			FirstName: clearable[string](m, "first_name"), LastName: clearable[string](m, "last_name"),
			DisplayName: clearable[string](m, "display_name"), Phone: clearable[string](m, "phone"),
			ExternalID: clearable[string](m, "external_id"), Language: clearable[string](m, "language"),
			Timezone: clearable[string](m, "timezone"), Comment: clearable[string](m, "comment"),
			ExtraParams: clearable[string](m, "extra_params"),
		},
		membership: events.MembershipChanged{
			Client: clearable[int64](m, "client_id"), Access: clearable[string](m, "access"),
		},
		datacenter: clearable[string](m, "datacenter"), groups: clearable[[]string](m, "groups"),
		parent:  clearable[string](m, "parent"),
		rights:  events.RightsChanged{SuperAdmin: member[bool](m, "super_admin"), APIAccess: member[bool](m, "api_access")},
		active:  member[bool](m, "active"),
		details: readDetails(m),
	}
	b.readPassword(m)
	b.readOnly = m.takeAll(readOnly...)
	return b, m.done()
}

func (b *userBody) readPassword(m *members) {
	plain, hash := m.take("password"), m.take("password_hash")
	if plain != nil && hash != nil {
		m.fail("password_hash", "password_twice", "A password is given in clear or as a hash, not both.")
	}
	if m.merge && (isNull(plain) || isNull(hash)) {
		b.passwordHash = new(events.Secret)
		return
	}
	b.password = decode[string](m, "password", plain)
	if h := decode[string](m, "password_hash", hash); h != nil {
		b.passwordHash = (*events.Secret)(h)
		if password.Check(*h) != nil {
			m.fail("password_hash", "password_hash_invalid", "This is not a password hash of a known form.")
		}
	}
}

// unknown is the id of nothing. A name that nothing has leads to it, so that whether there is such a thing is told only to
// those who may ask: commands look at rights first.
var unknown = uuid.Max

// datacenterNamed returns the datacenter of that name.
func datacenterNamed(dir *commands.Directory, name *string) *uuid.UUID {
	if name == nil || *name == "" {
		return zeroOf(name)
	}
	if d := dir.DatacenterByName(*name); d != nil {
		return &d.ID
	}
	return &unknown
}

// groupsNamed returns the groups of those names.
func groupsNamed(dir *commands.Directory, names *[]string) *[]uuid.UUID {
	if names == nil {
		return nil
	}
	ids := make([]uuid.UUID, len(*names))
	for i, name := range *names {
		ids[i] = unknown
		if g := dir.GroupByName(name); g != nil {
			ids[i] = g.ID
		}
	}
	return &ids
}

// parentOf returns the user of that id.
func parentOf(id *string) *uuid.UUID {
	if id == nil || *id == "" {
		return zeroOf(id)
	}
	if parent := parseID(*id); parent != uuid.Nil {
		return &parent
	}
	return &unknown
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
	if err := b.readOnly.absent(); err != nil {
		return commands.CreateUser{}, err
	}
	if b.profile.Email == nil {
		return commands.CreateUser{}, badMember(pointer("email"), "email_required", "A user needs an e-mail address.")
	}
	p, m := b.profile, b.belongs(dir)
	return commands.CreateUser{ID: id, User: events.UserCreated{
		Username: or(p.Username, ""), Email: or(p.Email, ""), FirstName: or(p.FirstName, ""), LastName: or(p.LastName, ""),
		DisplayName: or(p.DisplayName, ""), Phone: or(p.Phone, ""), ExternalID: or(p.ExternalID, ""),
		Language: or(p.Language, ""), Timezone: or(p.Timezone, ""), Comment: or(p.Comment, ""),
		ExtraParams: or(p.ExtraParams, ""), Profile: b.details.onto(nil), PasswordHash: or(b.passwordHash, ""),
		Active: or(b.active, true), SuperAdmin: or(b.rights.SuperAdmin, false), APIAccess: or(b.rights.APIAccess, false),
		Client: or(m.Client, 0), Access: or(m.Access, ""), Datacenter: or(m.Datacenter, uuid.Nil), Groups: or(m.Groups, nil), Parent: or(m.Parent, uuid.Nil),
	}}, nil
}

// update returns the command that makes the user so, without a password given in clear.
func (b userBody) update(dir *commands.Directory, u *commands.User, version uint64) commands.UpdateUser {
	c := commands.UpdateUser{ID: u.ID, Version: version, Profile: b.profile, Membership: b.belongs(dir), Rights: b.rights,
		Active: b.active, PasswordHash: b.passwordHash,
		PasswordImported: b.passwordHash != nil && *b.passwordHash != ""}
	c.Profile.Profile = b.details.onto(u.Profile)
	if b.details != nil && !b.details.all {
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
	return b.readOnly.repeats(j.Bytes())
}

// repeats refuses members whose values are not those of the object as it is shown.
func (o object) repeats(shown []byte) error {
	var present object
	if err := json.Unmarshal(shown, &present); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if !sameJSON(o[name], present[name]) {
			return fixed(name)
		}
	}
	return nil
}

// absent refuses members that are there.
func (o object) absent() error {
	if names := slices.Sorted(maps.Keys(o)); len(names) > 0 {
		return fixed(names[0])
	}
	return nil
}

func fixed(name string) error {
	return badMember(pointer(name), "field_read_only", "This member cannot be set.")
}

func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

func or[T any](v *T, absent T) T {
	if v == nil {
		return absent
	}
	return *v
}
