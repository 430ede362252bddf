package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// NoClient is the Refusal of a number that no client has.
func NoClient() *Refusal {
	return refuse(NotFound, "client_not_found", "", "There is no such client.")
}

// CreateClient makes a client. Its Number is decided, not taken.
//
// Refusals: Invalid, Forbidden.
type CreateClient struct {
	ID     uuid.UUID
	Client events.ClientCreated
}

// Of names the client.
func (c CreateClient) Of() events.Aggregate { return events.Client(c.ID) }

func (c CreateClient) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayAdminister(s, a); err != nil {
		return nil, err
	}
	return decideCreateClient(s, c)
}

// UpdateClient changes what its fields name; nil fields stay.
//
// Refusals: NotFound, Invalid, Forbidden, Conflict (protected).
type UpdateClient struct {
	ID      uuid.UUID
	Change  events.ClientUpdated
	Blocked *bool
}

// Of names the client.
func (c UpdateClient) Of() events.Aggregate { return events.Client(c.ID) }

func (c UpdateClient) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	client := s.Directory().Client(c.ID)
	if err := changeable(client, version, mayAdminister(s, a), NoClient); err != nil {
		return nil, err
	}
	return decideUpdateClient(client, c)
}

// DeleteClient ends a client.
//
// Refusals: NotFound, Forbidden, Conflict (protected, has_members, has_applications).
type DeleteClient struct{ ID uuid.UUID }

// Of names the client.
func (c DeleteClient) Of() events.Aggregate { return events.Client(c.ID) }

func (c DeleteClient) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	client := s.Directory().Client(c.ID)
	if err := changeable(client, version, mayAdminister(s, a), NoClient); err != nil {
		return nil, err
	}
	return decideDeleteClient(s, client)
}

func decideCreateClient(s States, c CreateClient) ([]events.Draft, error) {
	e := c.Client
	e.Number = s.LastNumber(events.ClientNumber) + 1
	if err := checkClient(events.ClientUpdated{Name: &e.Name, Timezone: &e.Timezone}); err != nil {
		return nil, err
	}
	return drafted(events.Client(c.ID), events.KeyID{}, e)
}

func decideUpdateClient(client *Client, c UpdateClient) ([]events.Draft, error) {
	e, blocked := c.Change, changed(client.Blocked, c.Blocked)
	e.Name = changed(client.Name, e.Name)
	e.Timezone = changed(client.Timezone, e.Timezone)
	if err := checkClient(e); err != nil {
		return nil, err
	}
	var out []events.Draft
	add := func(e events.Event) {
		out = append(out, events.Draft{Aggregate: events.Client(client.ID), Key: client.Key, Event: e})
	}
	if e != (events.ClientUpdated{}) {
		add(e)
	}
	switch {
	case blocked == nil:
	case !*blocked:
		add(events.ClientUnblocked{})
	case client.Number == MainClientNumber:
		return nil, protected("The main client cannot be blocked.")
	default:
		add(events.ClientBlocked{})
	}
	return out, nil
}

func checkClient(e events.ClientUpdated) error {
	if e.Name != nil {
		if err := checkName(*e.Name); err != nil {
			return err
		}
	}
	if e.Timezone != nil && *e.Timezone != "" && !validTimezone(*e.Timezone) {
		return refuse(Invalid, "timezone_invalid", "timezone", "This is not the name of a time zone.")
	}
	return nil
}

func decideDeleteClient(s States, c *Client) ([]events.Draft, error) {
	switch {
	case c.Number == MainClientNumber:
		return nil, protected("The main client cannot be deleted.")
	case hasMembers(s, events.Client(c.ID)):
		return nil, keepsMembers("client")
	case slices.ContainsFunc(s.Directory().Applications(), func(a *Application) bool { return a.Client == c.Number }):
		return nil, refuse(Conflict, "has_applications", "", "Applications still belong to this client.")
	}
	return drafted(events.Client(c.ID), c.Key, events.ClientDeleted{})
}

// Client is the State of a Client aggregate, a tenant. It is immutable; nil stands for no such client.
type Client struct {
	Entity
	Timezone string // IANA name, empty when none is stored
	Blocked  bool
}

func (c *Client) key() string { return "" }

func evolveClient(c *Client, r events.Record) *Client {
	if e, ok := r.Event.(events.ClientCreated); ok && c == nil {
		return &Client{newEntity(r, e.Number, e.Name), e.Timezone, e.Blocked}
	}
	if c == nil {
		return nil
	}
	next := *c
	next.touch(r)
	switch e := r.Event.(type) {
	case events.ClientUpdated:
		set(&next.Name, e.Name)
		set(&next.Timezone, e.Timezone)
	case events.ClientBlocked:
		next.Blocked = true
	case events.ClientUnblocked:
		next.Blocked = false
	case events.ClientDeleted:
		return nil
	default:
		return c
	}
	return &next
}

// The reasons of Forbidden refusals that APIs tell apart.
const (
	ReasonInactive           = "account_inactive"
	ReasonClientBlocked      = "client_blocked"
	ReasonReadOnly           = "member_read_only"
	ReasonApplicationLimited = "application_limited"
	ReasonGrantEnded         = "grant_ended"
)

// byApplication reports whether the user asks by an application: then it acts as a member of its client, and whatever
// else it may do does not count.
func (a Actor) byApplication() bool { return a.Application != uuid.Nil }

// Grant is what an application's token is given for, and under what.
type Grant struct {
	User, Application uuid.UUID
	Session           uuid.UUID // its public id; the application's, for what it gets by its secret alone
	// sequence of the one by which the user allowed it, 0 where the application's type needs none
	Consent uint64
	// LogInsSince of the user who logged in for it; where nobody does, since when the Session was not ended
	Since uint64
	// MemberSince of the user: what is granted in a client ends with the membership, for good
	Membership uint64
	Secret     uint64 // SecretSince of the application: of the secret that it got the token with
}

// MayGetTokens returns a Forbidden [*Refusal] when the application may get no tokens of the user now.
func MayGetTokens(s States, g Grant) error {
	if !TokenHolds(s, g) {
		return refuse(Forbidden, "not_allowed", "", "The application may not act for this user.")
	}
	return MayBeActedFor(s, g.User)
}

// MayBeActedFor returns a Forbidden [*Refusal] when no application may act for the user now: the user or its client is
// blocked, or the user is of no client.
func MayBeActedFor(s States, user uuid.UUID) error {
	_, err := activeMember(s, user)
	return err
}

// TokenHolds reports whether a token that the application once got is still a token: the application has the secret
// that it got it with, its client is there and not blocked, nobody ended it, and the user is a member of the client in
// which the token was granted, and was all the time. A trusted application acts for the user who made it, in the client
// that both are of, from when its secret was made in that membership. For the others the user's log-in still counts,
// and the consent to a public one was not taken back. What the token is good for while the user or the user's client is
// blocked is another question, see [MayActAsMember].
func TokenHolds(s States, g Grant) bool {
	u, app := s.User(g.User), s.Directory().Application(g.Application)
	if u == nil || u.Client == 0 || app == nil || g.Membership != u.MemberSince || g.Secret != app.SecretSince ||
		g.Since < u.EndedSince(g.Session) {
		return false
	}
	switch home := s.Directory().ClientByNumber(app.Client); {
	case home == nil || home.Blocked && home.Number != u.Client:
		return false
	case app.Kind == ApplicationTrusted:
		return app.User == u.ID && app.Client == u.Client && app.SecretSince > u.MemberSince
	case g.Since < u.LogInsSince:
		return false
	case app.Kind == ApplicationPublic:
		given, ok := u.Consented(app.ID, app.WidenedSince)
		return ok && given.Sequence == g.Consent
	}
	return true
}

// MayActAsMember returns a Forbidden [*Refusal] when who asks by an application may do nothing now: what it was granted
// has ended (grant_ended), or the user (account_inactive) or its client (client_blocked) is blocked.
func MayActAsMember(s States, a Actor) error {
	_, err := member(s, a)
	return err
}

// MayChangeMembers returns a Forbidden [*Refusal] when who asks by an application may change nothing: it may do nothing
// at all, or the application (application_limited) or the user (member_read_only) only reads.
func MayChangeMembers(s States, a Actor) error {
	_, err := manager(s, a)
	return err
}

// byGrant refuses who asks by an application whose grant no longer holds, also when it ended since the request was let
// in.
func byGrant(s States, a Actor) error {
	g := a.Grant
	if a.Permissions == (Permissions{}) || g.User != a.User || g.Application != a.Application || !TokenHolds(s, g) {
		return refuse(Forbidden, ReasonGrantEnded, "", "What the application was granted has ended.")
	}
	return nil
}

// member returns the user who asks by an application, as it stands now.
func member(s States, a Actor) (*User, error) {
	if err := byGrant(s, a); err != nil {
		return nil, err
	}
	return activeMember(s, a.User)
}

// activeMember returns the user of that id, who is a member of a client, both not blocked.
func activeMember(s States, id uuid.UUID) (*User, error) {
	u := s.User(id)
	if u == nil || !u.Usable() {
		return nil, refuse(Forbidden, ReasonInactive, "", "Your account is not active.")
	}
	c := s.Directory().ClientByNumber(u.Client)
	switch {
	case c == nil:
		return nil, refuse(Forbidden, "not_allowed", "", "You are of no client.")
	case c.Blocked:
		return nil, refuse(Forbidden, ReasonClientBlocked, "", "Your client is blocked.")
	}
	return u, nil
}

// manager returns the user who asks by an application and may change the members of its client.
func manager(s States, a Actor) (*User, error) {
	u, err := member(s, a)
	if err != nil {
		return nil, err
	}
	app := s.Directory().Application(a.Application)
	switch {
	case app == nil || app.Access != AccessAll:
		return nil, refuse(Forbidden, ReasonApplicationLimited, "", "This application may not change anything.")
	case u.Access != AccessFull:
		return nil, refuse(Forbidden, ReasonReadOnly, "", "You may not change anything.")
	}
	return u, nil
}

func membersOf(s States, a Actor) Scope {
	u, err := member(s, a)
	if err != nil {
		return Scope{}
	}
	return Scope{Client: u.Client}
}

func mayCreateMember(s States, a Actor, e events.UserCreated) error {
	u, err := manager(s, a)
	if err != nil {
		return err
	}
	if e.Client != u.Client || e.SuperAdmin || e.APIAccess || e.Datacenter != uuid.Nil || len(e.Groups) > 0 ||
		grants(e) {
		return refuse(Forbidden, "not_allowed", "",
			"A client's members may be of that client alone, and get no further rights.")
	}
	return nil
}

// mayUpdateMember tells whether the Actor may change a member of its client. Nobody takes part in what reaches beyond
// the client: rights and memberships stay, and whoever has such rights keeps the names and the password that lead to
// them. Who acts is an active member with full access and stays one, so that a client which manages itself always has
// one.
func mayUpdateMember(s States, a Actor, target *User, c UpdateUser) error {
	u, err := mayManageMember(s, a, target)
	if err != nil {
		return err
	}
	m := c.Membership
	m.Access = nil
	if m != (events.MembershipChanged{}) || c.Rights != (events.RightsChanged{}) || c.PasswordImported ||
		c.APIKey != nil ||
		c.CallbackKey != nil || attests(target.Profile, c.Profile.Profile) {
		return refuse(Forbidden, "not_allowed", "", "Rights beyond the client are not a member's to give.")
	}
	opens := c.PasswordHash != nil || c.APIKey != nil || c.Profile.Email != nil || c.Profile.Username != nil
	bars := c.Active != nil || c.Membership.Access != nil
	switch {
	case reachesBeyond(s, target, a) && (opens || bars || u.ID != target.ID):
		return refuse(Forbidden, "not_allowed", "", "This account has rights beyond the client.")
	case u.ID == target.ID && bars:
		return oneself()
	}
	return nil
}

// mayDelete is mayManage, or a member of the client by an application.
func mayDelete(s States, a Actor, target *User) error {
	if !a.byApplication() {
		return mayManage(s, a, target)
	}
	u, err := mayManageMember(s, a, target)
	switch {
	case err != nil:
		return err
	case u.ID == target.ID:
		return oneself()
	case reachesBeyond(s, target, a):
		return refuse(Forbidden, "not_allowed", "", "This account has rights beyond the client.")
	}
	return nil
}

// mayManageMember returns who asks by an application and may change the target as far as it is a member.
func mayManageMember(s States, a Actor, target *User) (*User, error) {
	u, err := manager(s, a)
	if err != nil {
		return nil, err
	}
	if target.Client != u.Client {
		return nil, noSuchUser()
	}
	return u, nil
}

// reachesBeyond reports whether the account may do more than what its client's members may.
func reachesBeyond(s States, u *User, a Actor) bool {
	return elevated(u, a.At) || u.APIAccess || len(u.Groups) > 0 || hasChildren(s, u.ID)
}

func oneself() *Refusal {
	return refuse(Conflict, "oneself", "", "You may not delete, block or demote yourself.")
}

// completed keeps membership and access together: a member has full access unless told, and nobody else has any.
func completed(u *User, m events.MembershipChanged) events.MembershipChanged {
	client, access := u.Client, u.Access
	set(&client, m.Client)
	set(&access, m.Access)
	none, full := "", AccessFull
	switch {
	case m.Client == nil && m.Access == nil:
	case client == 0 && m.Access == nil:
		m.Access = &none
	case client != 0 && access == "":
		m.Access = &full
	}
	return m
}
