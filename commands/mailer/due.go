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
	trace    string    // in which the Record was made; empty for none
	to       string    // the address that the Record names, empty for none
}

// dueBy returns the mail that the Record makes due, if it does.
func dueBy(r events.Record) (due, bool) {
	d := due{Event: r.ID, Sequence: r.Sequence, User: r.Aggregate.ID, trace: r.Cause.TraceParent}
	switch e := r.Event.(type) {
	case events.UserCreated:
		d.Mail, d.creator, d.to = e.Welcome, r.Cause.User(), e.WelcomeTo
	case events.MailRequested:
		d.Mail = e.Mail
	}
	return d, d.Mail != ""
}

// dueTypes are the events that dueBy knows.
func dueTypes() []string { return []string{events.UserCreated{}.Type(), events.MailRequested{}.Type()} }

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
