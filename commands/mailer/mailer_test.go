package mailer_test

import (
	"bytes"
	"context"
	"log/slog"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/mailer"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/projections"
	"accountd/testing/mailbox"
	"accountd/testing/testlog"
)

const publicURL = "https://accounts.example.org"

// world is a service's core with a mailer and a mail server.
type world struct {
	t       *testing.T
	env     *testlog.Env
	view    *projections.View
	handler *committer.Handler
	server  *mailbox.Server
	options mailer.Options
	logged  *syncBuffer
	admin   *commands.User
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newWorld(t *testing.T, o mailbox.Options) *world {
	w := &world{t: t, env: testlog.Start(t), view: projections.NewView(), server: mailbox.Start(t, o),
		logged: &syncBuffer{}}
	w.view.Open()
	w.handler = committer.New(w.env.Log, w.view, committer.Options{})
	t.Cleanup(w.handler.Close)
	w.options = mailer.Options{
		Engine: w.env.Engine, Log: w.env.Log, Fold: w.view, Handler: w.handler,
		Logger:    slog.New(slog.NewTextHandler(w.logged, nil)),
		SMTP:      mailer.SMTP{Addr: w.server.Addr, TLS: mailer.TLSNone, Timeout: 5 * time.Second},
		From:      "Accounts <no-reply@example.org>",
		PublicURL: publicURL + "/", Service: "Panel & Co",
		Rest: func(int) time.Duration { return 10 * time.Millisecond },
	}
	w.admin = w.create(events.UserCreated{Username: "admin", Email: "admin@example.com", SuperAdmin: true})
	return w
}

// run opens the mailer and runs it until the test or what is returned ends it.
func (w *world) run() (m *mailer.Mailer, stop func()) {
	w.t.Helper()
	m, err := mailer.Open(w.t.Context(), w.options)
	require.NoError(w.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { m.Run(ctx); close(done) }()
	stop = func() { cancel(); <-done }
	w.t.Cleanup(stop)
	return m, stop
}

func (w *world) create(u events.UserCreated) *commands.User {
	w.t.Helper()
	u.Active = true
	actor := commands.Service()
	if w.admin != nil {
		actor.User = w.admin.ID
	}
	out, err := w.handler.Do(w.t.Context(), actor, commands.CreateUser{ID: uuid.New(), User: u})
	require.NoError(w.t, err)
	return out.User
}

// ann makes a user whose mail is due.
func (w *world) ann(with func(*events.UserCreated)) *commands.User {
	w.t.Helper()
	u := events.UserCreated{Username: "ann", Email: "ann@example.org", FirstName: "Ann", LastName: "<Lee>",
		Welcome: events.WelcomeAccountCreated}
	if with != nil {
		with(&u)
	}
	return w.create(u)
}

var linkForm = regexp.MustCompile(publicURL + `/set-password\?token=([A-Za-z0-9_-]{22}-[A-Za-z0-9_-]{43})\b`)

// token returns the token of the link in a mail, empty when there is none.
func token(m mailbox.Mail) string {
	found := linkForm.FindStringSubmatch(m.Text)
	if found == nil {
		return ""
	}
	return found[1]
}

// letters waits for so many.
func (w *world) letters(m *mailer.Mailer, count int) []mailer.Letter {
	w.t.Helper()
	var got []mailer.Letter
	require.Eventually(w.t, func() bool {
		var err error
		got, err = m.Letters(w.t.Context())
		return err == nil && len(got) == count
	}, time.Minute, 5*time.Millisecond)
	return got
}

func TestAccountCreated(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.run()
	u := w.ann(nil)
	m := w.server.Next()
	require.Equal(t, "no-reply@example.org", m.From)
	require.Equal(t, "ann@example.org", m.To)
	require.Equal(t, `"Accounts" <no-reply@example.org>`, m.Header.Get("From"))
	require.Equal(t, "Account Created", m.Subject)
	require.Contains(t, m.Text, "Hello Ann <Lee>!\n\nYou are receiving this email because an account has been "+
		"created for you on Panel & Co.\n\nUsername: ann\nEmail: ann@example.org\n")
	require.Contains(t, m.HTML, "Hello Ann &lt;Lee&gt;!")
	require.Contains(t, m.HTML, `<a href="`+publicURL+"/set-password?token="+token(m)+`">`)
	records, err := w.env.Log.Read(t.Context(), 1, 2)
	require.NoError(t, err)
	require.Equal(t, "<"+records[0].ID.String()+"@example.org>", m.Header.Get("Message-Id"))
	require.Empty(t, m.Header.Get("User-Agent")+m.Header.Get("X-Mailer"))
	require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	require.Equal(t, u.ID, secrets.ResetTokenUser(token(m)))
	w.resets(token(m), "a new password")
}

// resets sets a password by the token and logs in with it.
func (w *world) resets(token, plain string) {
	w.t.Helper()
	hasher := password.New(password.Options{})
	hash, err := hasher.Hash(w.t.Context(), plain)
	require.NoError(w.t, err)
	out, err := w.handler.Do(w.t.Context(), commands.Service(),
		commands.ResetPassword{ID: secrets.ResetTokenUser(token),
			Hash: events.Secret(secrets.Hash(token)), Now: time.Now(), PasswordHash: events.Secret(hash)})
	require.NoError(w.t, err)
	ok, _, err := hasher.Verify(w.t.Context(), out.User.PasswordHash.Reveal(), plain)
	require.NoError(w.t, err)
	require.True(w.t, ok)
}

func TestAccountCreatedWithAPassword(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.run()
	w.ann(func(u *events.UserCreated) {
		u.PasswordHash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"
	})
	m := w.server.Next()
	require.Empty(t, token(m))
	require.NotContains(t, m.HTML, "href")
}

func TestAccessData(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.run()
	w.ann(func(u *events.UserCreated) { u.Welcome = events.WelcomeAccessData })
	m := w.server.Next()
	require.Equal(t, "admin@example.com", m.To, "who made the user")
	require.Contains(t, m.Text, "Login: ann\n")
	require.NotEmpty(t, token(m))
	w.create(events.UserCreated{Email: "bob@example.org", Welcome: events.WelcomeAccessData,
		WelcomeTo: "boss@example.net"})
	require.Equal(t, "boss@example.net", w.server.Next().To)
}

func TestPasswordReset(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.run()
	u := w.create(events.UserCreated{Username: "ann", Email: "ann@example.org",
		PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA"})
	out, err := w.handler.Do(t.Context(), commands.Service(),
		commands.RequestMail{ID: u.ID, Mail: events.MailPasswordReset})
	require.NoError(t, err)
	m := w.server.Next()
	require.Equal(t, "ann@example.org", m.To)
	require.Equal(t, "Set a new password", m.Subject)
	require.Equal(t, u.UpdatedAt, out.User.UpdatedAt, "a mail is no change of the user")
	w.resets(token(m), "a new password")
}

func TestPlainPasswords(t *testing.T) {
	for _, plain := range []bool{true, false} {
		w := newWorld(t, mailbox.Options{})
		w.options.Passwords = plain
		m, _ := w.run()
		give := func(id uuid.UUID) string {
			_, err := w.handler.Do(t.Context(), commands.Service(),
				commands.CreateUser{ID: id, User: events.UserCreated{
					Email: id.String() + "@example.org", Active: true, Welcome: events.WelcomeAccessData,
					WelcomeTo: "boss@example.net"}})
			require.NoError(t, err)
			got := w.server.Next()
			require.Equal(t, token(got) == "", bytes.Contains([]byte(got.Text), []byte("Password: open sesame")))
			require.Equal(t, token(got) == "", bytes.Contains([]byte(got.HTML), []byte("Password: open sesame")))
			return token(got)
		}
		id := uuid.New()
		m.Hand(id, "open sesame")
		require.Equal(t, plain, give(id) == "")
		require.NotEmpty(t, give(uuid.New()),
			"a password that is not in memory, such as after a restart, becomes a link")
	}
}

// TestServerRecovers has the server away, then unwilling, then there.
func TestServerRecovers(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	away, unwilling := make(chan struct{}), make(chan struct{})
	var once, twice sync.Once
	w.options.Rest = func(attempt int) time.Duration {
		if attempt >= 2 {
			once.Do(func() { close(away) })
		}
		return 10 * time.Millisecond
	}
	w.server.Stop()
	w.run()
	w.ann(nil)
	<-away
	w.server.Behave(func(string) error {
		twice.Do(func() { close(unwilling) })
		return mailbox.Refusal(451, 4, 7, 1, "later, ann@example.org")
	})
	w.server.Restart()
	<-unwilling
	w.server.Behave(nil)
	require.NotEmpty(t, token(w.server.Next()))
	w.quiet(t)
}

// quiet shows that nothing personal is logged or stored and no mail comes twice.
func (w *world) quiet(t *testing.T) {
	t.Helper()
	require.Empty(t, w.server.Mails)
	require.NotContains(t, w.logged.String(), "ann@example.org")
	require.NotContains(t, w.logged.String(), "token")
	kv, err := w.env.Engine.JetStream().KeyValue(t.Context(), mailer.Bucket)
	require.NoError(t, err)
	watch, err := kv.WatchAll(t.Context(), jetstream.IncludeHistory())
	require.NoError(t, err)
	defer func() { _ = watch.Stop() }()
	for entry := range watch.Updates() {
		if entry == nil {
			return
		}
		require.NotContains(t, string(entry.Value()), "ann")
	}
}

func TestRefusedForGood(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.server.Behave(func(to string) error { return mailbox.Refusal(550, 5, 1, 1, "no such user: "+to) })
	m, _ := w.run()
	u := w.ann(nil)
	letter := w.letters(m, 1)[0]
	require.Equal(t, 1, w.server.Attempts(), "no is no")
	require.Equal(t, u.ID, letter.User)
	require.Equal(t, events.WelcomeAccountCreated, letter.Mail)
	require.Equal(t, []any{"refused", 550, "5.1.1", 1}, []any{letter.Reason, letter.Code, letter.Extended,
		letter.Attempts})
	w.quiet(t)

	var refusal *commands.Refusal
	require.ErrorAs(t, m.SendAgain(t.Context(), letter.ID), &refusal)
	require.Equal(t, "mail_not_sent", refusal.Reason)
	require.NotContains(t, refusal.Detail, "ann")
	require.Equal(t, 2, w.letters(m, 1)[0].Attempts)

	w.server.Behave(nil)
	require.NoError(t, m.SendAgain(t.Context(), letter.ID))
	w.resets(token(w.server.Next()), "a new password")
	w.letters(m, 0)
	require.ErrorAs(t, m.SendAgain(t.Context(), letter.ID), &refusal)
	require.Equal(t, commands.NotFound, refusal.Kind)
}

func TestGivenUp(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.server.Behave(func(string) error { return mailbox.Refusal(451, 4, 0, 0, "later") })
	attempts := make(chan string, 100)
	w.options.Attempted = func(mail, outcome string) { attempts <- mail + " " + outcome }
	m, _ := w.run()
	w.ann(nil)
	letter := w.letters(m, 1)[0]
	require.Equal(t, 10, letter.Attempts)
	for range 9 {
		require.Equal(t, "account_created failed", <-attempts)
	}
	require.Equal(t, "account_created given_up", <-attempts)
	require.Equal(t, 10, w.server.Attempts())
	require.NoError(t, m.Discard(t.Context(), letter.ID))
	w.letters(m, 0)
	require.Error(t, m.Discard(t.Context(), letter.ID))
}

// TestServerHangs shows that a server that says nothing costs a mail its time-out and others nothing, and that the
// mailer ends when it is told to all the same.
func TestServerHangs(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	hang, hanging := make(chan struct{}), make(chan struct{}, 10)
	t.Cleanup(func() { close(hang) })
	w.server.Behave(func(to string) error {
		if to == "ann@example.org" {
			hanging <- struct{}{}
			<-hang
		}
		return nil
	})
	w.options.SMTP.Timeout = 300 * time.Millisecond
	_, stop := w.run()
	w.ann(nil)
	<-hanging
	w.create(events.UserCreated{Email: "bob@example.org", Welcome: events.WelcomeAccountCreated})
	require.Equal(t, "bob@example.org", w.server.Next().To)
	<-hanging // again
	stop()
}

// TestGone removes the user before the mail can go out.
func TestGone(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	refused := make(chan struct{}, 10_000)
	w.server.Behave(func(string) error {
		refused <- struct{}{}
		return mailbox.Refusal(451, 4, 0, 0, "later")
	})
	w.options.Rest = func(int) time.Duration { return time.Second }
	m, _ := w.run()
	u := w.ann(nil)
	<-refused
	_, err := w.handler.Do(t.Context(), commands.Service(), commands.DeleteUser{ID: u.ID})
	require.NoError(t, err)
	w.server.Behave(nil)
	require.Eventually(t, func() bool { return bytes.Contains([]byte(w.logged.String()), []byte("nobody any more")) },
		time.Minute, 5*time.Millisecond)
	w.create(events.UserCreated{Email: "bob@example.org", Welcome: events.WelcomeAccountCreated})
	require.Equal(t, "bob@example.org", w.server.Next().To)
	w.letters(m, 0)
	w.quiet(t)
}

// TestLinkEndedMeanwhile sets another password while the mail with the link waits: no link comes to life after what
// ends links.
func TestLinkEndedMeanwhile(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	refused := make(chan struct{}, 10_000)
	w.server.Behave(func(string) error {
		refused <- struct{}{}
		return mailbox.Refusal(451, 4, 0, 0, "later")
	})
	m, _ := w.run()
	u := w.ann(nil)
	<-refused
	_, err := w.handler.Do(t.Context(), commands.Service(), commands.UpdateUser{ID: u.ID, Active: new(bool)})
	require.NoError(t, err)
	w.server.Behave(nil)
	letter := w.letters(m, 1)[0]
	require.Equal(t, commands.ReasonLinkEnded, letter.Reason)
	var refusal *commands.Refusal
	require.ErrorAs(t, m.SendAgain(t.Context(), letter.ID), &refusal)
	require.Equal(t, "mail_not_sent", refusal.Reason)
	require.Contains(t, refusal.Detail, commands.ReasonLinkEnded)
	w.quiet(t)
}

func TestEncryption(t *testing.T) {
	server, client := mailbox.Certificates(t)
	account := mailbox.Options{TLS: server, Username: "sender", Password: "mail secret"}
	first := account
	first.First = true
	for name, c := range map[string]struct {
		server mailbox.Options
		client mailer.SMTP
		reason string
	}{
		"STARTTLS": {account, mailer.SMTP{TLS: mailer.TLSStart, Username: "sender", Password: "mail secret",
			Trust: client}, ""},
		"TLS": {first, mailer.SMTP{TLS: mailer.TLSFirst, Username: "sender", Password: "mail secret",
			Trust: client}, ""},
		"no log-in": {mailbox.Options{TLS: server}, mailer.SMTP{TLS: mailer.TLSStart, Trust: client}, ""},
		"a wrong password": {account, mailer.SMTP{TLS: mailer.TLSStart, Username: "sender", Password: "wrong",
			Trust: client}, "server_unwilling"},
		"an unknown authority": {account, mailer.SMTP{TLS: mailer.TLSStart, Username: "sender",
			Password: "mail secret"}, "server_unreachable"},
		"no STARTTLS": {mailbox.Options{}, mailer.SMTP{TLS: mailer.TLSStart}, "server_unreachable"},
		"a log-in in clear": {mailbox.Options{Username: "sender", Password: "mail secret"},
			mailer.SMTP{TLS: mailer.TLSNone, Username: "sender", Password: "mail secret"}, "server_unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.server)
			c.client.Addr, c.client.Timeout = w.server.Addr, 5*time.Second
			w.options.SMTP = c.client
			m, _ := w.run()
			w.ann(nil)
			if c.reason != "" {
				require.Equal(t, c.reason, w.letters(m, 1)[0].Reason)
				require.NotContains(t, w.logged.String(), "mail secret")
				return
			}
			require.Equal(t, "ann@example.org", w.server.Next().To)
		})
	}
}

// TestInstancesShare runs three mailers on one log: every mail goes out once.
func TestInstancesShare(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	for range 3 {
		w.run()
	}
	const mails = 40
	for range mails {
		w.create(events.UserCreated{Email: uuid.NewString() + "@example.org", Welcome: events.WelcomeAccountCreated})
	}
	got := map[string]bool{}
	for range mails {
		got[w.server.Next().To] = true
	}
	require.Len(t, got, mails)
	require.Empty(t, w.server.Mails)
}

// TestStopped shows what is sent after a pause in which no mailer ran, and what is not.
func TestStopped(t *testing.T) {
	w := newWorld(t, mailbox.Options{})
	w.ann(nil) // before there was a mailer
	_, stop := w.run()
	stop()
	w.create(events.UserCreated{Email: "bob@example.org", Welcome: events.WelcomeAccountCreated})
	_, stop = w.run()
	require.Equal(t, "bob@example.org", w.server.Next().To)
	stop()
	w.create(events.UserCreated{Email: "old@example.org", Welcome: events.WelcomeAccountCreated})
	w.options.Now = func() time.Time { return time.Now().Add(mailer.TooOld + time.Minute) }
	_, stop = w.run()
	require.Eventually(t, func() bool { return bytes.Contains([]byte(w.logged.String()), []byte("too long ago")) },
		time.Minute, 5*time.Millisecond)
	stop()
	require.Empty(t, w.server.Mails)
}

func TestNil(t *testing.T) {
	var m *mailer.Mailer
	m.Hand(uuid.New(), "x")
	m.Forget(uuid.New())
	letters, err := m.Letters(t.Context())
	require.NoError(t, err)
	require.Empty(t, letters)
	var refusal *commands.Refusal
	require.ErrorAs(t, m.SendAgain(t.Context(), uuid.New()), &refusal)
	require.ErrorAs(t, m.Discard(t.Context(), uuid.New()), &refusal)
}
