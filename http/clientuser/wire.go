package clientuser

import (
	"encoding/json"
	"strconv"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// The values of the member status of a user.
const (
	statusActive  = "active"
	statusBlocked = "blocked"
)

// me stands for the token's own client where a client's id is expected.
const me = "@me"

// userSize is about how many bytes a user takes.
const userSize = 256

// addUser writes a user: always exactly these ten members.
func addUser(j *rest.JSON, u *commands.User, c *commands.Client) {
	j.Open('{')
	j.Key("id").Int(u.Number)
	j.Key("client_id").Int(u.Client)
	j.Key("login").String(u.Username)
	j.Key("name").StringOrNull(u.Name())
	j.Key("email").StringOrNull(u.Email)
	j.Key("access").String(u.Access)
	j.Key("status").String(userStatus(u))
	j.Key("comment").StringOrNull(u.Comment)
	j.Key("extra_params").StringOrNull(u.ExtraParams)
	j.Key("timezone").StringOrNull(timezoneOf(u, c))
	j.Close('}')
}

// addAsker writes who asks. Which id is set tells the level: here it is always the client's.
func addAsker(j *rest.JSON, u *commands.User, c *commands.Client) {
	j.Open('{')
	j.Key("dealer_id").Raw("null")
	j.Key("admin").Bool(false)
	j.Key("extra_params").StringOrNull(u.ExtraParams)
	j.Key("access").String(u.Access)
	j.Key("extension_id").Raw("null")
	j.Key("client_id").Int(u.Client)
	j.Key("extension_group_id").Raw("null")
	j.Key("timezone").StringOrNull(timezoneOf(u, c))
	j.Key("login").String(u.Username)
	j.Key("id").Int(u.Number)
	j.Close('}')
}

func userStatus(u *commands.User) string {
	if u.Active {
		return statusActive
	}
	return statusBlocked
}

// timezoneOf returns the user's time zone, the client's when none is stored.
func timezoneOf(u *commands.User, c *commands.Client) string {
	if u.Timezone == "" && c != nil {
		return c.Timezone
	}
	return u.Timezone
}

// readCreation reads what is to be created, and its password.
func (c call) readCreation(f *fields) (events.UserCreated, string, error) {
	password := f.required("password")
	e := events.UserCreated{
		Username: f.required("login"), DisplayName: f.required("name"), Email: f.required("email"),
		Client:  c.client.Number,
		Access:  or(f.choice("access", commands.AccessFull, commands.AccessReadOnly), commands.AccessFull),
		Active:  or(f.choice("status", statusActive, statusBlocked), statusActive) == statusActive,
		Comment: or(f.text("comment"), ""), ExtraParams: or(f.text("extra_params"), ""),
		Timezone: or(f.text("timezone"), ""),
	}
	c.checkClient(f)
	c.readWelcome(f, &e)
	return e, password, f.err
}

// readWelcome reads whom the new user's data are mailed to: the named address, or else whoever asks, who is the parent.
func (c call) readWelcome(f *fields, e *events.UserCreated) {
	notify, address := f.truth("email_notify"), or(f.text("email_for_notify"), "")
	if !notify {
		return
	}
	if address != "" && !commands.ValidEmail(address) {
		f.fail("email_for_notify", "email_for_notify must be an e-mail address.")
	}
	e.Welcome, e.WelcomeTo = events.WelcomeAccessData, address
}

// checkClient refuses another client than the path's.
func (c call) checkClient(f *fields) {
	raw := f.members["client_id"]
	if raw == nil || f.null("client_id") {
		return
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = string(raw)
	}
	if text != me && text != strconv.FormatInt(c.client.Number, 10) {
		f.fail("client_id", "client_id must be the client of the path.")
	}
}

// readUpdate reads what is to change about the user, and the new password, nil for none. What is sent back as it was
// shown stays.
func (c call) readUpdate(f *fields, u *commands.User) (commands.UpdateUser, *string, error) {
	f.update = true
	cmd := commands.UpdateUser{ID: u.ID,
		Profile: events.ProfileUpdated{
			Email: f.filled("email", u.Email), DisplayName: f.filled("name", u.Name()), Comment: f.clearable("comment"),
			ExtraParams: f.clearable("extra_params"), Timezone: f.clearable("timezone"),
		},
		Membership: events.MembershipChanged{Access: f.choice("access", commands.AccessFull, commands.AccessReadOnly)},
	}
	p := &cmd.Profile
	if p.DisplayName != nil && *p.DisplayName == u.Name() {
		p.DisplayName = nil
	}
	if p.Timezone != nil && *p.Timezone == timezoneOf(u, c.client) {
		p.Timezone = nil
	}
	if s := f.choice("status", statusActive, statusBlocked); s != nil {
		active := *s == statusActive
		cmd.Active = &active
	}
	password := f.filled("password", "always")
	return cmd, password, f.err
}

func or[T any](v *T, absent T) T {
	if v == nil {
		return absent
	}
	return *v
}
