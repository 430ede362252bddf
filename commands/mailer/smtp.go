package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"accountd/events"
)

// The ways to speak to a mail server.
const (
	TLSStart = "starttls" // in clear at first; without STARTTLS nothing is sent
	TLSFirst = "tls"      // encrypted from the first byte
	TLSNone  = "none"     // in clear; a password is then sent only in ways that do not show it
)

// SMTP says which mail server to use.
type SMTP struct {
	Addr     string // host:port
	TLS      string // TLSStart, TLSFirst or TLSNone
	Username string // empty: no log-in
	Password events.Secret
	Timeout  time.Duration // of one mail as a whole; 0: 30 seconds
	Trust    *tls.Config   // nil: the system's authorities
}

const defaultTimeout = 30 * time.Second

// conversation is a connection to the mail server that is ready for a mail.
type conversation struct {
	client *mail.Client
	server *smtp.Client
	conn   net.Conn
	quiet  func() bool // stops the watch over the context
}

// dial connects and logs in. The conversation ends with ctx, too.
func (s SMTP) dial(ctx context.Context) (*conversation, error) {
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return nil, fmt.Errorf("reading the mail server's address: %w", err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("reading the mail server's port: %w", err)
	}
	c := &conversation{}
	options := []mail.Option{
		mail.WithPort(number), mail.WithTimeout(s.timeout()), mail.WithoutNoop(), mail.WithTLSConfig(s.trust(host)),
		mail.WithTLSPolicy(s.policy()), mail.WithDialContextFunc(func(dialing context.Context, network,
			addr string) (net.Conn, error) {
			conn, err := s.connect(dialing, network, addr)
			if err == nil {
				c.conn, c.quiet = conn, context.AfterFunc(ctx, func() { _ = conn.Close() })
			}
			return conn, err
		}),
	}
	if s.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.Username),
			mail.WithPassword(s.Password.Reveal()))
	}
	if c.client, err = mail.NewClient(host, options...); err != nil {
		return nil, fmt.Errorf("preparing for the mail server: %w", err)
	}
	if c.server, err = c.client.DialToSMTPClientWithContext(ctx); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

func (s SMTP) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	if s.TLS != TLSFirst {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	host, _, _ := net.SplitHostPort(addr)
	return (&tls.Dialer{Config: s.trust(host)}).DialContext(ctx, network, addr)
}

func (s SMTP) policy() mail.TLSPolicy {
	switch s.TLS {
	case TLSStart:
		return mail.TLSMandatory
	case TLSFirst:
		return mail.TLSOpportunistic // it is there already, which the library only then looks at
	}
	return mail.NoTLS
}

func (s SMTP) trust(host string) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.Trust != nil {
		c = s.Trust.Clone()
	}
	c.ServerName = host
	return c
}

func (s SMTP) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return defaultTimeout
}

// send hands a mail over. No error means that the server has it, whatever it said afterwards.
func (c *conversation) send(m *mail.Msg) error {
	err := c.client.SendWithSMTPClient(c.server, m)
	if m.IsDelivered() {
		return nil
	}
	return err
}

// end says goodbye, if anybody is there.
func (c *conversation) end() {
	if c.server != nil {
		_ = c.client.CloseWithSMTPClient(c.server)
	}
	if c.conn != nil {
		c.quiet()
		_ = c.conn.Close() // the library leaves it open when a log-in fails
	}
}

// reply returns the server's reply to the mail that an error is about: its code, 0 for none, and its extended code.
func reply(err error) (code int, extended string) {
	var refused *mail.SendError
	if !errors.As(err, &refused) {
		return 0, ""
	}
	return refused.ErrorCode(), refused.EnhancedStatusCode()
}
