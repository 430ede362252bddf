package danube

import (
	"slices"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
)

const (
	maxEmail = 254
	maxName  = 30
)

// reserved usernames lead elsewhere in the original.
var reserved = map[string]bool{"profile": true, "Admin": true, "provisioner": true}

// userFields are what a request says about a user; nil fields stay.
type userFields struct {
	email, firstName, lastName      *string
	password                        *string
	bound, super, active, apiAccess *bool
	newAPIKey, newCallbackKey       bool
	groups                          *[]uuid.UUID
}

// readUser reads the fields, those of a stored user against it (an empty one when the user is new).
func (x *exchange) readUser(f *form, before *commands.User) userFields {
	u := userFields{newAPIKey: f.flag("api_key"), newCallbackKey: f.flag("callback_key"), bound: f.truth("dc_bound")}
	username(f, x.params["username"])
	u.password = f.text("password", "", textRules{required: true, raw: true})
	u.firstName = f.text("first_name", before.FirstName, f.nameRules(before.FirstName))
	u.lastName = f.text("last_name", before.LastName, f.nameRules(before.LastName))
	u.email = x.email(f, before)
	u.super, u.active, u.apiAccess = f.truth("is_super_admin"), f.truth("is_active"), f.truth("api_access")
	u.groups = x.groups(f)
	return u
}

// nameRules let a name that another API left empty stay so.
func (f *form) nameRules(stored string) textRules {
	return textRules{required: f.isNew || stored != "", rules: []rule{atMost(maxName), safe}}
}

// username checks the name of a new user, and one in the body, which is then ignored.
func username(f *form, inPath string) {
	rules := []rule{atMost(maxEmail), func(s string) string {
		if !parameter.MatchString(s) || reserved[s] {
			return invalidValue
		}
		return ""
	}}
	if f.isNew {
		f.fail("username", broken(inPath, rules)...)
	}
	f.text("username", inPath, textRules{required: !f.isNew, rules: rules})
}

func (x *exchange) email(f *form, before *commands.User) *string {
	address := f.text("email", before.Email, textRules{required: true, rules: []rule{email, atMost(maxEmail)}})
	if address == nil || f.failedOn("email") {
		return address
	}
	if other := x.states.UserByName(*address); other != nil && other.ID != before.ID {
		f.fail("email", emailTaken)
	}
	return address
}

// groups reads the names of groups and returns their ids, the oldest group's first, nil when the request says nothing
// of them.
func (x *exchange) groups(f *form) *[]uuid.UUID {
	v, ok := f.in["groups"]
	if !ok {
		return nil
	}
	names, ok := listOf(v)
	if !ok {
		f.fail("groups", invalidValue)
		return nil
	}
	ids := []uuid.UUID{}
	for _, name := range names {
		g := x.states.Directory().GroupByName(name)
		if g == nil || g.Name != name {
			f.fail("groups", "Object with name="+name+" does not exist.")
			return nil
		}
		ids = append(ids, g.ID)
	}
	sorted := []uuid.UUID{}
	for _, g := range slices.Compact(x.groupsOf(ids)) {
		sorted = append(sorted, g.ID)
	}
	return &sorted
}

// creation returns the command that makes the user, and the password. The datacenter is the one that the request names.
func (x *exchange) creation(name string, given *commands.Datacenter) (commands.CreateUser, string, error) {
	f := x.form(true)
	u := x.readUser(f, &commands.User{})
	if !x.isSuperAdmin() {
		u.bound = nil
		if isTrue(u.super) {
			f.fail("is_super_admin", lockedText)
		}
	}
	var datacenter uuid.UUID
	if given != nil && (u.bound == nil || *u.bound) {
		datacenter = given.ID
	}
	groups := valueOf(u.groups)
	if commands.MayGiveGroups(x.states, x.actor, datacenter, groups) != nil {
		f.fail("groups", groupUnbound)
	}
	if err := f.failed(); err != nil {
		return commands.CreateUser{}, "", err
	}
	if given == nil && (u.bound == nil || *u.bound) {
		return commands.CreateUser{}, "", invalid{{"dc_bound", []string{whichDatacenter}},
			{"dc", []string{whichDatacenter}}}
	}
	yes := true
	key, callback := newKey(), secrets.DanubeKey()
	return commands.CreateUser{ID: uuid.New(), User: events.UserCreated{
		Username: name, Email: *u.email, FirstName: *u.firstName, LastName: *u.lastName, Active: u.active == nil ||
			*u.active,
		SuperAdmin: isTrue(u.super), APIAccess: isTrue(u.apiAccess), Datacenter: datacenter, Groups: groups,
		Profile: &events.Profile{EmailVerified: &yes, PhoneVerified: &yes}, APIKeys: []events.APIKey{key},
		CallbackKey: events.Secret(callback),
	}, Attested: true}, *u.password, nil // whom this API makes counts as verified
}

// newKeys returns those fresh keys that are wanted.
func newKeys(wantsKey, wantsCallback bool) (key *events.APIKey, callback *events.Secret) {
	if wantsKey {
		k := newKey()
		key = &k
	}
	if wantsCallback {
		s := events.Secret(secrets.DanubeKey())
		callback = &s
	}
	return key, callback
}

// newKey returns a fresh API key, which the API can show again.
func newKey() events.APIKey {
	key := secrets.DanubeKey()
	return events.APIKey{ID: uuid.New(), Kind: commands.KeyDanube, Hash: events.Secret(secrets.Hash(key)),
		Secret: events.Secret(key)}
}

// update returns the command that changes the user, and the new password, nil when it stays.
func (x *exchange) update(before *commands.User) (commands.UpdateUser, *string, error) {
	f := x.form(false)
	u := x.readUser(f, before)
	if u.groups != nil && sameSet(*u.groups, before.Groups) {
		u.groups = nil
	}
	cmd := commands.UpdateUser{ID: before.ID, Attested: true, Active: u.active,
		Rights:     events.RightsChanged{SuperAdmin: u.super, APIAccess: u.apiAccess},
		Profile:    events.ProfileUpdated{Email: u.email, FirstName: u.firstName, LastName: u.lastName},
		Membership: events.MembershipChanged{Groups: u.groups}}
	var err error
	if cmd.Membership.Datacenter, err = x.binding(before, u.bound); err != nil {
		return cmd, nil, err
	}
	x.lock(f, before, cmd)
	if err := f.failed(); err != nil {
		return cmd, nil, err
	}
	if err := x.checkBound(before, cmd); err != nil {
		return cmd, nil, err
	}
	cmd.APIKey, cmd.CallbackKey = newKeys(u.newAPIKey, u.newCallbackKey)
	return cmd, u.password, nil
}

// binding returns the datacenter that the user is to be bound to from now on, the zero one for none, nil when that
// stays. A bound user stays where it is.
func (x *exchange) binding(before *commands.User, bound *bool) (*uuid.UUID, error) {
	switch {
	case bound == nil || *bound == (before.Datacenter != uuid.Nil):
		return nil, nil
	case !*bound:
		return &uuid.UUID{}, nil
	case !x.in.given("dc") || !x.isSuperAdmin():
		return &x.home().ID, nil
	}
	name, _ := textOf(x.in["dc"])
	d, err := x.datacenter(name)
	if err != nil {
		return nil, err
	}
	return &d.ID, nil
}

// lock notes what the command would change although the caller, or anybody, may not.
func (x *exchange) lock(f *form, before *commands.User, cmd commands.UpdateUser) {
	fields := commands.Locked(x.states, x.actor, before, cmd)
	if before.Protected() {
		fields = append(fields, protectedFields(before, cmd)...)
		if _, ok := f.in["username"]; ok {
			fields = append(fields, "username")
		}
	}
	for _, field := range fields {
		f.fail(wireField(field), lockedText)
	}
	groups := cmd.Membership.Groups
	if groups != nil && !slices.Contains(fields, "groups") && commands.MayGiveGroups(x.states, x.actor,
		before.Datacenter, *groups) != nil {
		f.fail("groups", groupUnbound)
	}
}

// protectedFields are what the command would change of the administrator although nobody may.
func protectedFields(before *commands.User, cmd commands.UpdateUser) (fields []string) {
	if cmd.Active != nil && *cmd.Active != before.Active {
		fields = append(fields, "active")
	}
	if cmd.Rights.APIAccess != nil && *cmd.Rights.APIAccess != before.APIAccess {
		fields = append(fields, "api_access")
	}
	if cmd.Rights.SuperAdmin != nil && *cmd.Rights.SuperAdmin != before.SuperAdmin {
		fields = append(fields, "super_admin")
	}
	return fields
}

// checkBound applies the rules of bound users to what the command makes of the user.
func (x *exchange) checkBound(before *commands.User, cmd commands.UpdateUser) error {
	datacenter, groups, super := before.Datacenter, before.Groups, before.SuperAdmin
	if cmd.Membership.Datacenter != nil {
		datacenter = *cmd.Membership.Datacenter
	}
	if cmd.Membership.Groups != nil {
		groups = *cmd.Membership.Groups
	}
	if cmd.Rights.SuperAdmin != nil {
		super = *cmd.Rights.SuperAdmin
	}
	err := commands.CheckBound(x.states, datacenter, groups, super)
	return said(err)
}

func isTrue(b *bool) bool { return b != nil && *b }

func valueOf[T any](v *[]T) []T {
	if v == nil {
		return nil
	}
	return *v
}

func sameSet(a, b []uuid.UUID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id uuid.UUID) bool { return !slices.Contains(b, id) })
}
