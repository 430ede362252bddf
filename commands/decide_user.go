package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

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
	if err := checkProfile(s, id, events.ProfileUpdated{
		Username: nonEmpty(e.Username), Email: &e.Email, FirstName: &e.FirstName, LastName: &e.LastName,
		DisplayName: &e.DisplayName, Phone: &e.Phone, ExternalID: &e.ExternalID, Language: &e.Language,
		Timezone: &e.Timezone, Comment: &e.Comment, ExtraParams: &e.ExtraParams, Profile: e.Profile,
	}); err != nil {
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
	return append(updateEvents(u, c), leftByStrangers(s, a, u, c)...), nil
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
	c.CallbackKey = changed(u.CallbackKey, c.CallbackKey)
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

// Of names the user.
func (c RehashPassword) Of() events.Aggregate { return events.User(c.ID) }

func (c RehashPassword) decide(s States, a Actor, v uint64) ([]events.Draft, error) {
	return decideUser(s, a, c, v)
}

func (c RehashPassword) decideOn(s States, a Actor, u *User) ([]events.Event, error) {
	if !a.IsService() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service rehashes passwords.")
	}
	if u.PasswordHash != c.Old {
		return nil, nil
	}
	return one(events.PasswordChanged{Hash: c.New, Rehash: true})
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

func changedProfile(u *User, p events.ProfileUpdated) events.ProfileUpdated {
	if p.DisplayName != nil || p.FirstName != nil || p.LastName != nil {
		p.FirstName, p.LastName, p.DisplayName = changedNames(u, p)
	}
	if p.Profile != nil {
		before := events.Profile{}
		if u.Profile != nil {
			before = *u.Profile
		}
		if sameProfile(before, *p.Profile) {
			p.Profile = nil
		}
	}
	p.Username = changed(u.Username, p.Username)
	p.Email = changed(u.Email, p.Email)
	p.FirstName = changed(u.FirstName, p.FirstName)
	p.LastName = changed(u.LastName, p.LastName)
	p.DisplayName = changed(u.DisplayName, p.DisplayName)
	p.Phone = changed(u.Phone, p.Phone)
	p.ExternalID = changed(u.ExternalID, p.ExternalID)
	p.Language = changed(u.Language, p.Language)
	p.Timezone = changed(u.Timezone, p.Timezone)
	p.Comment = changed(u.Comment, p.Comment)
	p.ExtraParams = changed(u.ExtraParams, p.ExtraParams)
	return p
}

// unverified returns the profile after a change of e-mail address or phone: that the one before was verified says nothing of it. What
// the change itself attests stays.
func unverified(u *User, p events.ProfileUpdated) *events.Profile {
	profile := p.Profile
	if profile == nil {
		profile = u.Profile
	}
	if profile == nil {
		return p.Profile
	}
	before := events.Profile{}
	if u.Profile != nil {
		before = *u.Profile
	}
	mail := p.Email != nil && isTrue(before.EmailVerified) && isTrue(profile.EmailVerified)
	phone := p.Phone != nil && isTrue(before.PhoneVerified) && isTrue(profile.PhoneVerified)
	if !mail && !phone {
		return p.Profile
	}
	next := *profile
	if mail {
		next.EmailVerified = new(bool)
	}
	if phone {
		next.PhoneVerified = new(bool)
	}
	return &next
}

func changedMembership(u *User, m events.MembershipChanged) events.MembershipChanged {
	m.Client = changed(u.Client, m.Client)
	m.Access = changed(u.Access, m.Access)
	m.Datacenter = changed(u.Datacenter, m.Datacenter)
	m.Parent = changed(u.Parent, m.Parent)
	m.Groups = changedList(u.Groups, m.Groups)
	return m
}

// changed returns the new value, or nil when it is the old one.
func changed[T comparable](before T, after *T) *T {
	if after != nil && *after == before {
		return nil
	}
	return after
}

// changedList returns the new list, or nil when it is the old one.
func changedList[T comparable](before []T, after *[]T) *[]T {
	if after == nil || slices.Equal(before, *after) {
		return nil
	}
	return listed(*after)
}

// listed returns a list as Events hold it: none is empty, because the log reads nil as unchanged.
func listed[T any](list []T) *[]T {
	if list == nil {
		list = []T{}
	}
	return &list
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func protected(detail string) *Refusal { return refuse(Conflict, "protected", "", "%s", detail) }

func checkVersion(present, version uint64) error {
	if version != 0 && version != present {
		return refuse(Stale, "version_differs", "", "It has changed since it was read.")
	}
	return nil
}
