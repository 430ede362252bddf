// Package mailbox is a mail server for tests: it speaks SMTP, keeps what it is sent, and misbehaves when it is told to.
//
// It promises that what it says yes to is in the mailbox, once for each yes. Its one invariant is that it answers on
// its own address until the test ends, whether or not it is up.
package mailbox

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Mail is what the server took.
type Mail struct {
	From, To string // of the envelope
	Header   mail.Header
	Subject  string // decoded
	Text     string
	HTML     string
}

// Options of a Server.
type Options struct {
	TLS      *tls.Config // nil: no encryption
	First    bool        // encrypted from the first byte, instead of STARTTLS
	Username string      // empty: no log-in
	Password string
}

// Server is the mail server. Change what it does with Behave.
type Server struct {
	Addr  string
	Mails chan Mail // what was taken

	t        testing.TB
	options  Options
	mu       sync.Mutex
	behave   func(to string) error
	attempts int
	smtp     *smtp.Server
}

// Start runs a server until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{t: t, options: o, Mails: make(chan Mail, 10_000)}
	s.listen("127.0.0.1:0")
	t.Cleanup(s.Stop)
	return s
}

// Stop takes the server down: connections are refused.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.smtp != nil {
		_ = s.smtp.Close()
		s.smtp = nil
	}
}

// Restart brings a server that was stopped up again.
func (s *Server) Restart() {
	s.t.Helper()
	s.listen(s.Addr)
}

// Behave sets what the server answers to a recipient: an *smtp.SMTPError, or nothing after as long as the function
// takes. Nil: it takes everything.
func (s *Server) Behave(f func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behave = f
}

// Attempts returns how many recipients were named to the server.
func (s *Server) Attempts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attempts
}

// Next returns the next mail.
func (s *Server) Next() Mail {
	s.t.Helper()
	select {
	case m := <-s.Mails:
		return m
	case <-time.After(time.Minute):
		require.FailNow(s.t, "no mail came")
		return Mail{}
	}
}

// Refusal returns what a server says no with.
func Refusal(code int, class, subject, detail int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: text}
}

func (s *Server) listen(addr string) {
	s.t.Helper()
	listener, err := net.Listen("tcp", addr)
	require.NoError(s.t, err)
	s.Addr = listener.Addr().String()
	if s.options.First {
		listener = tls.NewListener(listener, s.options.TLS)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session,
		error) {
		return &session{server: s, conn: c}, nil
	}))
	server.Domain, server.TLSConfig, server.ErrorLog = "mail.example", s.options.TLS, silent{}
	s.mu.Lock()
	s.smtp = server
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // it ends with Stop
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// session is one conversation.
type session struct {
	server   *Server
	conn     *smtp.Conn
	loggedIn bool
	from, to string
}

func (s *session) AuthMechanisms() []string {
	if s.server.options.Username == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.server.options.Username || password != s.server.options.Password {
			return smtp.ErrAuthFailed
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.options.Username != "" && !s.loggedIn {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.server.mu.Lock()
	behave := s.server.behave
	s.server.attempts++
	s.server.mu.Unlock()
	if behave == nil {
		return nil
	}
	return behave(to)
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := read(b)
	if err != nil {
		return Refusal(554, 5, 6, 0, err.Error())
	}
	m.From, m.To = s.from, s.to
	s.server.Mails <- m
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// read takes a mail of a text and an HTML part to pieces.
func read(b []byte) (Mail, error) {
	msg, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return Mail{}, err
	}
	m := Mail{Header: msg.Header}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return Mail{}, err
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return Mail{}, errors.New("not in two forms")
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for _, to := range []*string{&m.Text, &m.HTML} {
		p, err := parts.NextRawPart()
		if err != nil {
			return Mail{}, err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return Mail{}, err
		}
		*to = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	return m, nil
}

// Certificates returns the two sides of a certificate for 127.0.0.1 that nobody but these tests trusts.
func Certificates(t testing.TB) (server, client *tls.Config) {
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: pool}
}
