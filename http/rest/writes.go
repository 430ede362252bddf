package rest

import (
	"context"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// Writes bounds how much each user who is no super admin may change, on this instance, in all APIs and by all
// credentials together: what one of them does costs every other one a part of the log, of its disk and of the time of
// whoever appends.
type Writes struct {
	minute, day *Limiter[uuid.UUID]
	now         func() time.Time
}

// NewWrites returns Writes of so many commands within a minute and within a day.
func NewWrites(perMinute, perDay int) *Writes {
	return &Writes{NewLimiter[uuid.UUID](perMinute, FromFirst(time.Minute)),
		NewLimiter[uuid.UUID](perDay, FromFirst(24*time.Hour)), time.Now}
}

// take counts a command, which giveBack makes one that was never given, or refuses it.
func (w *Writes) take(s commands.States, a commands.Actor) (giveBack func(), err error) {
	if w == nil || s == nil || !bounded(s, a) {
		return func() {}, nil
	}
	now := w.now()
	if left, until := w.minute.Take(a.User, now); left < 0 {
		return nil, tooManyWrites("a minute", until.Sub(now))
	}
	if left, until := w.day.Take(a.User, now); left < 0 {
		w.minute.GiveBack(a.User)
		return nil, tooManyWrites("a day", until.Sub(now))
	}
	return func() { w.minute.GiveBack(a.User); w.day.GiveBack(a.User) }, nil
}

// CountWrite counts what a request of the Actor's stores besides what its commands do, or refuses it.
func (s Service) CountWrite(a commands.Actor) error {
	_, err := s.Writes.take(s.View.States(), a)
	return err
}

// bounded reports whether the Actor is a user who is no super admin, whatever its credential is.
func bounded(s commands.States, a commands.Actor) bool {
	u := s.User(a.User)
	return a.User != uuid.Nil && (u == nil || !u.SuperAdmin)
}

func tooManyWrites(within string, wait time.Duration) error {
	return &commands.Refusal{Kind: commands.Throttled, Reason: "too_many_changes", RetryAfter: wait,
		Detail: "You have changed as much as you may within " + within + "."}
}

// ResetMails is how many links to set a new password may be mailed to one person within an hour, whoever asks for them.
const ResetMails = 10

// mayMail refuses to mail a person again who was mailed as often as that.
func (s Service) mayMail(ctx context.Context, a commands.Actor, c commands.Command) error {
	mail, ok := c.(commands.RequestMail)
	if !ok || mail.Mail != events.MailPasswordReset || s.Writes == nil {
		return nil
	}
	if _, err := commands.Decide(s.View.States(), a, c); err != nil {
		return err
	}
	n, err := s.Sessions.Count(ctx, "reset mails to "+mail.ID.String(), time.Hour)
	if err != nil || n <= ResetMails {
		return err
	}
	return &commands.Refusal{Kind: commands.Throttled, Reason: "too_many_mails", RetryAfter: time.Hour,
		Detail: "This person was sent as many such mails as are sent within an hour."}
}
