package mailer

import (
	"context"
	"errors"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"accountd/commands/committer"
	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
)

// Consumer is the name of the durable consumer on the log.
const Consumer = "mailer"

// TooOld is how long ago a mail may have become due when it is first tried.
const TooOld = 72 * time.Hour

const (
	parallel    = 4                // mails that are sent at once
	maxAttempts = 10               // after which a mail becomes a Letter
	claimMargin = 15 * time.Second // after the time-out of a mail, until another instance may send it
)

// Options of a Mailer. All but Tracer and the last four must be set.
type Options struct {
	Engine  *engine.Engine
	Log     *eventlog.Log
	Fold    committer.Fold
	Handler *committer.Handler
	Logger  *slog.Logger
	Tracer  trace.Tracer // nil: mails are no spans

	SMTP      SMTP
	From      string // the sender, such as "Accounts <no-reply@example.org>"
	PublicURL string // under which people reach the service, without a slash at the end
	Service   string // the service's name

	Templates string // folder with templates in place of the built-in ones; empty: none
	Passwords bool   // access data say the password, while this process has it in memory
	Now       func() time.Time
	Rest      func(attempt int) time.Duration // before the next attempt
	Attempted func(mail, outcome string)      // learns what became of an attempt: Sent, Failed or GivenUp; nil: nobody
}

// What became of an attempt to send a mail.
const (
	Sent    = "sent"
	Failed  = "failed" // and is tried again
	GivenUp = "given_up"
)

// Mailer sends mails. It is safe for concurrent use; a nil Mailer sends none.
type Mailer struct {
	Options
	from      *mail.Address
	forms     forms
	ledger    ledger
	worker    *eventlog.Worker
	passwords passwords
}

// Check returns what is wrong with the sender and the templates.
func Check(o Options) error {
	if _, err := mail.ParseAddress(o.From); err != nil {
		return errors.New("the sender is no address such as \"Accounts <no-reply@example.org>\"")
	}
	_, err := loadForms(o.Templates)
	return err
}

// Open returns a Mailer; mails that become due from its first Open on are sent once it runs. The error is Check's, or
// the engine's.
func Open(ctx context.Context, o Options) (m *Mailer, err error) {
	if err := Check(o); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rest == nil {
		o.Rest = rest
	}
	if o.Attempted == nil {
		o.Attempted = func(string, string) {}
	}
	m = &Mailer{Options: o}
	m.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	if m.from, err = mail.ParseAddress(o.From); err != nil {
		return nil, err
	}
	if m.forms, err = loadForms(o.Templates); err != nil {
		return nil, err
	}
	if m.ledger, err = openLedger(ctx, o.Engine, o.SMTP.timeout()+claimMargin); err != nil {
		return nil, err
	}
	m.worker, err = o.Log.OpenWork(ctx, eventlog.Work{
		Name: Consumer, Types: dueTypes(), Parallel: parallel, Plan: m.plan,
	})
	return m, err
}

// Run sends mails until ctx ends; those that are being sent then get a moment.
func (m *Mailer) Run(ctx context.Context) { m.worker.Run(ctx) }

// Hand keeps the password of a user who is about to be created, for the mail that says it. Nothing is kept where mails
// say none.
func (m *Mailer) Hand(user uuid.UUID, password events.Secret) {
	if m != nil && m.Passwords {
		m.passwords.keep(user, password, m.Now())
	}
}

// Forget drops a password that was handed over for a user who was not created after all.
func (m *Mailer) Forget(user uuid.UUID) {
	if m != nil {
		m.passwords.forget(user)
	}
}

// plan returns what is to be done about a Record.
func (m *Mailer) plan(t eventlog.Task) eventlog.Job {
	d, ok := dueBy(t.Record)
	if !ok {
		return nil
	}
	if t.Attempt == 1 && m.Now().Sub(t.Time) > TooOld {
		m.Logger.Info("a mail is not sent: it became due too long ago", d.attrs()...)
		return nil
	}
	return func(ctx context.Context) time.Duration { return m.attempt(ctx, d, t.Attempt) }
}

func (d due) attrs(more ...any) []any {
	return append([]any{"mail", d.Mail, "event", d.Event.String(), "user", d.User.String()}, more...)
}

// attempt sends the mail if nobody else does, and returns how long to rest before the next attempt, 0 for none.
func (m *Mailer) attempt(ctx context.Context, d due, number int) time.Duration {
	err := m.ledger.claim(ctx, d.Event)
	switch {
	case errors.Is(err, errSettled):
		return 0
	case err != nil:
		return m.Rest(1)
	}
	failed := m.send(ctx, d)
	if failed == nil {
		m.settled(ctx, d)
		return 0
	}
	if ctx.Err() != nil {
		return m.released(d, time.Second) // the service ends; another attempt is no failure of the mail's
	}
	if !failed.final && number < maxAttempts {
		m.Attempted(d.Mail, Failed)
		again := m.Rest(number)
		m.Logger.Warn("a mail is tried again", d.attrs("reason", failed.reason, "code", failed.code, "attempt", number,
			"after", again.Round(time.Second))...)
		return m.released(d, again)
	}
	return m.givenUp(ctx, d, number, failed)
}

// settled notes that the mail went out.
func (m *Mailer) settled(ctx context.Context, d due) {
	m.passwords.forget(d.User)
	if err := m.ledger.settle(ctx, d.Event); err != nil {
		m.Logger.Warn("it could not be noted that a mail was sent", d.attrs("error", err)...)
	}
}

func (m *Mailer) released(d due, again time.Duration) time.Duration {
	ctx, cancel := context.WithTimeout(context.Background(), ledgerFor) // the service may be ending
	defer cancel()
	_ = m.ledger.release(ctx, d.Event) // the claim ends by itself
	return again
}

// givenUp makes a Letter of the mail.
func (m *Mailer) givenUp(ctx context.Context, d due, number int, failed *failed) time.Duration {
	letter := Letter{ID: d.Event, Sequence: d.Sequence, Mail: d.Mail, User: d.User, Attempts: number, At: m.Now().UTC()}
	if err := m.ledger.put(ctx, letter.with(failed)); err != nil {
		m.Logger.Warn("a mail that cannot be sent could not be kept", d.attrs("error", err)...)
		return m.released(d, m.Rest(1))
	}
	m.Attempted(d.Mail, GivenUp)
	m.Logger.Error("a mail cannot be sent", d.attrs("reason", failed.reason, "code", failed.code, "attempts",
		number)...)
	m.settled(ctx, d)
	return 0
}
