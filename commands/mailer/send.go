package mailer

import (
	"context"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/events/tracing"
)

// send sends the mail, unless there is nobody to send it to any more, which is no failure.
func (m *Mailer) send(ctx context.Context, d due) (failure *failed) {
	ctx, span := tracing.Follow(ctx, m.Tracer, trace.SpanKindClient, "mail", d.trace)
	defer func() { d.endSpan(span, failure) }()
	ctx, cancel := context.WithTimeout(ctx, m.SMTP.timeout())
	defer cancel()
	if err := m.Fold.Wait(ctx, d.Sequence); err != nil {
		return &failed{reason: "state_behind"}
	}
	if u := m.Fold.States().User(d.User); u == nil || d.recipient(m.Fold.States()) == "" {
		m.Logger.Info("a mail is not sent: there is nobody any more", d.attrs()...)
		return nil
	}
	c, err := m.SMTP.dial(ctx)
	if err != nil {
		return unreachable(err)
	}
	defer c.end()
	msg, failure := m.compose(ctx, d)
	if msg == nil {
		return failure
	}
	start := time.Now()
	if err := c.send(msg); err != nil {
		return refused(err)
	}
	m.Attempted(d.Mail, Sent)
	m.Logger.Info("a mail was sent", d.attrs("ms", time.Since(start).Milliseconds())...)
	return nil
}

// endSpan says in a trace what became of the mail.
func (d due) endSpan(span trace.Span, failure *failed) {
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.String("accountd.mail", d.Mail),
		attribute.Int64("accountd.sequence", int64(d.Sequence)))
	if failure != nil {
		span.SetStatus(codes.Error, failure.reason)
	}
	span.End()
}

// compose writes the mail as things stand now. It returns neither a mail nor a failure when there is nobody to write
// to.
func (m *Mailer) compose(ctx context.Context, d due) (*gomail.Msg, *failed) {
	states := m.Fold.States()
	u, to := states.User(d.User), d.recipient(states)
	if u == nil || to == "" {
		return nil, nil
	}
	c := content{Service: m.Service, Name: u.Name(), Username: u.Username, Email: u.Email}
	if d.Mail == events.WelcomeAccessData {
		c.Password = m.passwords.of(d.User, m.Now()).Reveal()
	}
	if c.Password == "" && d.needsLink(u) {
		link, err := m.link(ctx, u, d.Sequence)
		if err != nil {
			return nil, noLink(err)
		}
		c.Link, c.Minutes = link, int(commands.PasswordResetFor.Minutes())
	}
	return m.envelope(d, to, c)
}

// link makes a one-time link to set the user's password, for a mail that was due at that place in the log; one before
// it is void.
func (m *Mailer) link(ctx context.Context, u *commands.User, due uint64) (string, error) {
	token, hash := secrets.ResetToken(u.ID)
	_, err := m.Handler.Do(ctx, commands.Service(), commands.RequestPasswordReset{
		ID: u.ID, Hash: events.Secret(hash), ExpiresAt: m.Now().Add(commands.PasswordResetFor), Due: due,
	})
	return m.PublicURL + SetPasswordPath + "?token=" + token, err
}

// SetPasswordPath is the path of the page behind the links.
const SetPasswordPath = "/set-password"

func (m *Mailer) envelope(d due, to string, c content) (*gomail.Msg, *failed) {
	text, err := m.forms[d.Mail].fill(c)
	if err != nil {
		m.Logger.Error("a mail template fails", d.attrs("error", err)...)
		return nil, &failed{reason: "template_failed"}
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&mail.Address{Name: m.from.Name, Address: m.from.Address})
	if err := msg.To(commands.DeliveredTo(to)); err != nil {
		return nil, &failed{reason: "address_invalid", final: true}
	}
	// Whoever gets the mail twice can see that it is one: it has the id of its event.
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(d.Event.String() + "@" + domain)
	msg.SetDateWithValue(m.Now())
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(text.subject)
	msg.SetBodyString(gomail.TypeTextPlain, text.text)
	msg.AddAlternativeString(gomail.TypeTextHTML, text.html)
	return msg, nil
}
