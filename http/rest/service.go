package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/erasure"
	"accountd/commands/login"
	"accountd/commands/mailer"
	"accountd/commands/password"
	"accountd/commands/subscription"
	"accountd/commands/webhook"
	"accountd/events"
	"accountd/events/feed"
	"accountd/events/session"
	"accountd/events/usage"
	"accountd/projections"
	"accountd/projections/past"
)

// Service is all that may be asked of the world. The native API has the whole of it; every other dialect declares, as
// an interface of its own, the few methods that it calls.
type Service struct {
	Handler       *committer.Handler
	View          *projections.View
	Hasher        *password.Hasher
	Eraser        *erasure.Eraser
	Sessions      *session.Store
	Keys          Keys // nil: where sessions were begun from is not kept
	Past          *past.Archive
	Usage         *usage.Store          // nil: nobody notes when credentials are used
	Feed          *feed.Feed            // nil: nobody subscribes
	Mail          *mailer.Mailer        // nil: mail is off
	Webhooks      *webhook.Reactor      // nil: nothing is sent to webhooks
	Subscriptions *subscription.Reactor // nil: nobody subscribes
	Writes        *Writes               // nil: users may change as much as they like

	// Newest returns the sequence with which the log ends; nil: where the view is, since nobody else writes.
	Newest func(context.Context) (uint64, error)

	PasswordMin int // characters of a new password; see NewPassword
}

// Do runs a command; see committer.Handler. The session by which it was asked for outlives it, though it may end the
// user's others.
func (s Service) Do(ctx context.Context, a commands.Actor, c commands.Command) (commands.Outcome, error) {
	return s.DoOnce(ctx, a, c, committer.Once{})
}

// DoOnce is Do of a command that may have taken effect already; see committer.Handler.
func (s Service) DoOnce(ctx context.Context, a commands.Actor, c commands.Command,
	once committer.Once) (commands.Outcome, error) {
	out, err := s.bounded(ctx, a, c, func() func() (commands.Outcome, error) {
		return func() (commands.Outcome, error) { return s.Handler.DoOnce(ctx, a, c, once) }
	})()
	if u := out.User; err == nil && u != nil && u.ID == a.User && outlives(a.Session, u, c) {
		keep := func(t *session.Token) bool { t.Since = max(t.Since, u.LogInsSince); return true }
		if _, _, err := s.Sessions.Change(context.WithoutCancel(ctx), a.Session.Kind, a.Session.Hash,
			keep); err != nil {
			InfoOf(ctx).Failure = err // the command took effect all the same
		}
	}
	return out, err
}

// Start is Do in two steps; see committer.Handler. What is refused at once, the caller learns from the function that it
// returns.
func (s Service) Start(ctx context.Context, a commands.Actor, c commands.Command) (wait func() (commands.Outcome,
	error)) {
	return s.bounded(ctx, a, c, func() func() (commands.Outcome, error) { return s.Handler.Start(ctx, a, c) })
}

// bounded starts the command unless the Actor has changed, or has had mailed, too much of late.
func (s Service) bounded(ctx context.Context, a commands.Actor, c commands.Command,
	start func() func() (commands.Outcome, error)) (wait func() (commands.Outcome, error)) {
	failed := func(err error) func() (commands.Outcome, error) {
		return func() (commands.Outcome, error) { return commands.Outcome{}, err }
	}
	if err := s.mayMail(ctx, a, c); err != nil {
		return failed(err)
	}
	giveBack, err := s.Writes.take(s.View.States(), a)
	if err != nil {
		return failed(err)
	}
	ended := start()
	return func() (commands.Outcome, error) {
		out, err := ended()
		var refusal *commands.Refusal
		if errors.As(err, &refusal) {
			giveBack()
		}
		return out, err
	}
}

// outlives reports whether the session is to outlive a command of its user that ended all others. Tokens of Danube's
// API go by the event.
func outlives(by commands.Session, u *commands.User, c commands.Command) bool {
	if on, ok := c.(commands.OnVersion); ok {
		c = on.Command
	}
	if end, ok := c.(commands.EndSessions); ok && !end.KeepsOwn {
		return false
	}
	return by.Hash != "" && !by.Danube && u.LogInsSince > by.Since
}

// LogIn returns the user who logs in by the request; see login.Keeper.
func (s Service) LogIn(r *http.Request, a login.Attempt) (*commands.User, error) {
	a.Request = Anonymous(r)
	return s.keeper().LogIn(r.Context(), a)
}

// CheckCode wants a code of the user's second factor; see login.Keeper.
func (s Service) CheckCode(r *http.Request, u *commands.User, a login.Attempt) error {
	a.Request = Anonymous(r)
	return s.keeper().CheckCode(r.Context(), u, a)
}

// Anonymous returns the Actor of a request of which it is not known yet who asks.
func Anonymous(r *http.Request) commands.Actor {
	i := InfoOf(r.Context())
	return commands.Anonymous().Within(commands.Actor{Dialect: i.Dialect, RequestID: i.ID, TraceParent: i.TraceParent,
		Address: i.Address, At: time.Now()})
}

// ForgetLogIns forgets which log-ins of the user failed; see login.Keeper.
func (s Service) ForgetLogIns(ctx context.Context, u *commands.User) error {
	return s.keeper().Forget(ctx, u)
}

func (s Service) keeper() login.Keeper {
	return login.Keeper{Handler: s.Handler, Fold: s.View, Hasher: s.Hasher, Sessions: s.Sessions}
}

// Used notes that the credential was used then; see usage.Store.
func (s Service) Used(credential string, at time.Time) { s.Usage.Used(credential, at) }

// UsedUntil is Used of a credential that ends by itself.
func (s Service) UsedUntil(credential string, at, until time.Time) {
	s.Usage.UsedUntil(credential, at, until)
}

// HandPassword gives the mail that welcomes the user, who is about to be created, the password that it tells.
func (s Service) HandPassword(user uuid.UUID, password events.Secret) { s.Mail.Hand(user, password) }

// ForgetPassword takes back what HandPassword gave.
func (s Service) ForgetPassword(user uuid.UUID) { s.Mail.Forget(user) }

// ShortestPassword returns how many characters NewPassword asks for.
func (s Service) ShortestPassword() int { return s.PasswordMin }

// Snapshot returns everything as it stands now.
func (s Service) Snapshot() *projections.Snapshot { return s.View.Snapshot() }

// List answers a query; see projections.View.
func (s Service) List(q projections.Query) (projections.Page, error) { return s.View.List(q) }

// NewPassword is HashPassword of a password that somebody has chosen just now, which must have PasswordMin characters:
// a [commands.Refusal] says so. What is imported, or sets passwords by a contract of its own, calls HashPassword.
func (s Service) NewPassword(ctx context.Context, plain string) (events.Secret, error) {
	if n := utf8.RuneCountInString(plain); 0 < n && n < s.PasswordMin {
		return "", &commands.Refusal{Kind: commands.Invalid, Reason: "password_too_short", Field: "password",
			Detail: fmt.Sprintf("A password has at least %d characters.", s.PasswordMin)}
	}
	return s.HashPassword(ctx, plain)
}

// HashPassword returns the hash that a command takes; see password.Hasher for the errors.
func (s Service) HashPassword(ctx context.Context, plain string) (events.Secret, error) {
	i := InfoOf(ctx)
	hash, err := s.Hasher.HashFor(ctx, login.CallerOf(i.User, i.Address), plain)
	return events.Secret(hash), err
}
