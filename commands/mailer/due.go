package mailer

import (
	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// due is a mail that a Record made due.
type due struct {
	Event    uuid.UUID // of the Record
	Sequence uint64
	Mail     string // its kind, such as events.WelcomeAccountCreated
	User     uuid.UUID
	creator  uuid.UUID // who made the user
	to       string    // the address that the Record names, empty for none
}

// dueBy returns the mail that the Record makes due, if it does.
func dueBy(r events.Record) (due, bool) {
	e, ok := r.Event.(events.UserCreated)
	if !ok || e.Welcome == "" {
		return due{}, false
	}
	return due{Event: r.ID, Sequence: r.Sequence, Mail: e.Welcome, User: r.Aggregate.ID, creator: e.Parent, to: e.WelcomeTo}, true
}

// recipient returns the address that the mail goes to as things stand, empty when there is none any more.
func (d due) recipient(s commands.States) string {
	if d.to != "" {
		return d.to
	}
	id := d.User
	if d.Mail == events.WelcomeAccessData {
		id = d.creator
	}
	if u := s.User(id); u != nil {
		return u.Email
	}
	return ""
}

// needsLink reports whether the mail is about a password that is still to be set.
func (d due) needsLink(u *commands.User) bool {
	return d.Mail != events.WelcomeAccountCreated || u.PasswordHash == ""
}
