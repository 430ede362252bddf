package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"accountd/commands/mailer"
	"accountd/events"
	"accountd/http/rest/page"
	"accountd/http/setpassword"
)

// Mail says how mails are sent.
type Mail struct {
	Server       string // host:port of the mail server; empty: mail is off
	TLS          string // mailer.TLSStart, mailer.TLSFirst or mailer.TLSNone
	Username     string // empty: no log-in
	Password     events.Secret
	PasswordFile string // in place of Password
	From         string // the sender, such as "Accounts <no-reply@example.org>"
	Templates    string // folder of templates; empty: the built-in ones
	Passwords    string // passwordsLink or passwordsPlain
	Service      string // what mails and pages call the service
}

const (
	passwordsLink   = "link"
	passwordsPlain  = "plain"
	envSMTPPassword = envPrefix + "SMTP_PASSWORD"
)

func defaultMail() Mail {
	return Mail{TLS: mailer.TLSStart, Passwords: passwordsLink, Service: "accountd"}
}

// mailOptions returns the settings of Mail.
func mailOptions(m *Mail) []option {
	const group = "Mail"
	return []option{
		{group, "smtp", "HOST:PORT", "mail server that sends the mails; without it no mails are sent",
			text{&m.Server}, ""},
		{group, "smtp-tls", "starttls|tls|none",
			"how to encrypt: with STARTTLS (if the server does not offer it, no mail is sent), from the first byte " +
				"on, or not at all", choice{&m.TLS, []string{mailer.TLSStart, mailer.TLSFirst, mailer.TLSNone}}, ""},
		{group, "smtp-username", "NAME", "username for the mail server; the password is in " + envSMTPPassword,
			text{&m.Username}, ""},
		{group, "smtp-password-file", "FILE", "file with the password, instead of " +
			"ACCOUNTD_SMTP_PASSWORD", text{&m.PasswordFile}, ""},
		{group, "mail-from", "ADDRESS", "the mails' sender, such " +
			"as \"Accounts <no-reply@example.org>\"", text{&m.From}, ""},
		{group, "mail-templates", "DIR", "folder with templates that replace the built-in ones of the same " +
			"names: " +
			"account_created.txt and " +
			".html, access_data.txt and .html, password_reset.txt and .html", text{&m.Templates}, ""},
		{group, "mail-passwords", "link|plain",
			"what mails with access data contain: a link to set a password, or the password itself if the service " +
				"still has it in memory", choice{&m.Passwords, []string{passwordsLink, passwordsPlain}}, ""},
		{group, "service-name", "NAME", "what mails and pages call the service", text{&m.Service}, ""},
	}
}

// validate returns what is wrong with it.
func (m Mail) validate() error {
	switch {
	case m.Service == "":
		return errors.New("service-name: must not be empty")
	case m.Server == "" && (m.From != "" || m.Username != "" || m.Templates != ""):
		return errors.New("smtp: no mail server is given, but other settings for mail are")
	case m.Server == "":
		return nil
	case m.Password != "" && m.PasswordFile != "":
		return errors.New("smtp-password-file: the password is given in the environment, too; give it in one way")
	}
	if _, port, err := net.SplitHostPort(m.Server); err != nil || port == "" {
		return fmt.Errorf("smtp: %q is no address such as mail.example.org:587", m.Server)
	}
	if err := mailer.Check(mailer.Options{From: m.From, Templates: m.Templates}); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

// password returns what to log in to the mail server with.
func (m Mail) password() (events.Secret, error) {
	if m.PasswordFile == "" {
		return m.Password, nil
	}
	b, err := os.ReadFile(m.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("reading the mail server's password: %w", err)
	}
	return events.Secret(strings.TrimRight(string(b), "\r\n")), nil
}

// startMailer starts the page behind links in mails, and what sends mails if there is a mail server.
func (a *app) startMailer(ctx context.Context) error {
	m := a.config.Mail
	a.set.Set(setpassword.New(a.service, setpassword.Options{Pages: a.pages()}))
	if m.Server == "" {
		a.log.Warn("mail is off: no mail server is set (--smtp); mails that become due are not sent")
		return nil
	}
	password, err := m.password()
	if err != nil {
		return err
	}
	sender, err := mailer.Open(ctx, mailer.Options{
		Engine: a.engine.Load(), Log: a.history, Fold: a.service.View, Handler: a.service.Handler, Logger: a.log,
		Tracer: a.tracer, Attempted: a.metrics.Mail,
		SMTP: mailer.SMTP{Addr: m.Server, TLS: m.TLS, Username: m.Username, Password: password},
		From: m.From, PublicURL: a.publicURL(), Service: m.Service, Templates: m.Templates,
		Passwords: m.Passwords == passwordsPlain,
	})
	if err != nil {
		return fmt.Errorf("starting the mailer: %w", err)
	}
	a.service.Mail = sender
	sending, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); sender.Run(sending) }()
	a.onClose(func() error { stop(); <-done; return nil })
	return nil
}

// publicURL returns where people reach the service.
func (a *app) publicURL() string {
	if a.config.PublicURL != "" {
		return a.config.PublicURL
	}
	return a.baseURL
}

// pages returns what writes pages.
func (a *app) pages() *page.Pages {
	return page.New(page.Options{Name: a.config.Mail.Service, Secure: strings.HasPrefix(a.config.PublicURL,
		"https://")})
}
