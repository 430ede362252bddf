package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// open runs a server that lets the Reader and a Guest in, with a stream of what they may read and one of what they may
// not.
func open(t *testing.T) *Engine {
	t.Helper()
	e, err := Start(t.Context(), Options{StoreDir: t.TempDir(), Listen: &Listen{Addr: "127.0.0.1:0", Password: "secret",
		Subjects: "public.>"}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, e) })
	for name, subjects := range map[string]string{"PUBLIC": "public.>", "PRIVATE": "private.>"} {
		_, err := e.JetStream().CreateStream(t.Context(),
			jetstream.StreamConfig{Name: name, Subjects: []string{subjects}, AllowDirect: true})
		require.NoError(t, err)
		for _, consumer := range []string{"ours", "theirs", "others"} {
			_, err = e.JetStream().CreateConsumer(t.Context(), name, jetstream.ConsumerConfig{Durable: consumer,
				AckPolicy: jetstream.AckExplicitPolicy})
			require.NoError(t, err)
		}
	}
	for range 2 {
		require.NoError(t, e.Admit([]Guest{theirs(), others()}))
	}
	return e
}

func theirs() Guest { return Guest{Stream: "PUBLIC", Consumer: "theirs", Hash: hashed("of theirs")} }
func others() Guest { return Guest{Stream: "PUBLIC", Consumer: "others", Hash: hashed("of others")} }

func publish(t *testing.T, e *Engine, subject, text string) {
	t.Helper()
	_, err := e.JetStream().Publish(t.Context(), subject, []byte(text))
	require.NoError(t, err)
}

// outsider is a connection from outside, and what it was refused.
type outsider struct {
	*nats.Conn
	t      *testing.T
	failed chan error
	closed chan struct{}
}

func enter(t *testing.T, e *Engine, user, password string) outsider {
	t.Helper()
	o := outsider{t: t, failed: make(chan error, 16), closed: make(chan struct{})}
	conn, err := nats.Connect("nats://"+e.Addr().String(), nats.UserInfo(user, password), nats.NoReconnect(),
		nats.CustomInboxPrefix(theirs().InboxPrefix()),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { o.failed <- err }),
		nats.ClosedHandler(func(*nats.Conn) { close(o.closed) }))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	o.Conn = conn
	return o
}

func reader(t *testing.T, e *Engine) outsider { t.Helper(); return enter(t, e, Reader, "secret") }

func guestOf(t *testing.T, e *Engine) outsider {
	t.Helper()
	return enter(t, e, "feed.theirs", "of theirs")
}

// refused wants the server to have refused what was sent last.
func (o outsider) refused(what string) {
	o.t.Helper()
	require.NoError(o.t, o.Flush())
	select {
	case err := <-o.failed:
		require.ErrorIs(o.t, err, nats.ErrPermissionViolation, what)
	case <-time.After(10 * time.Second):
		o.t.Fatalf("%s is not refused", what)
	}
}

func TestReaderHearsWhatComes(t *testing.T) {
	e := open(t)
	o := reader(t, e)
	live, err := o.SubscribeSync("public.>")
	require.NoError(t, err)
	require.NoError(t, o.Flush())
	for _, text := range []string{"one", "two", "three"} {
		publish(t, e, "public.x", text)
		msg, err := live.NextMsg(10 * time.Second)
		require.NoError(t, err)
		require.Equal(t, text, string(msg.Data))
	}
	require.Empty(t, o.failed)
}

// TestGuestReads does with a consumer what clients do.
func TestGuestReads(t *testing.T) {
	e := open(t)
	for _, text := range []string{"one", "two", "three"} {
		publish(t, e, "public.x", text)
	}
	o := guestOf(t, e)
	js, err := jetstream.New(o.Conn)
	require.NoError(t, err)
	stream, err := js.Stream(t.Context(), "PUBLIC")
	require.NoError(t, err)
	require.EqualValues(t, 3, stream.CachedInfo().State.Msgs)
	consumer, err := stream.Consumer(t.Context(), "theirs")
	require.NoError(t, err)

	fetched, err := consumer.Fetch(1)
	require.NoError(t, err)
	for msg := range fetched.Messages() {
		require.Equal(t, "one", string(msg.Data()))
		require.NoError(t, msg.DoubleAck(t.Context()))
	}
	require.NoError(t, fetched.Error())
	messages, err := consumer.Messages(jetstream.PullMaxMessages(1))
	require.NoError(t, err)
	msg, err := messages.Next()
	require.NoError(t, err)
	require.Equal(t, "two", string(msg.Data()))
	require.NoError(t, msg.DoubleAck(t.Context()))
	messages.Stop()
	got := make(chan jetstream.Msg)
	consuming, err := consumer.Consume(func(msg jetstream.Msg) { got <- msg })
	require.NoError(t, err)
	msg = <-got
	require.Equal(t, "three", string(msg.Data()))
	require.NoError(t, msg.InProgress())
	require.NoError(t, msg.Nak()) // so it comes again
	msg = <-got
	require.Equal(t, "three", string(msg.Data()))
	require.NoError(t, msg.DoubleAck(t.Context()))
	consuming.Stop()
	info, err := consumer.Info(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, info.AckFloor.Stream)
	require.Empty(t, o.failed)
}

// TestOutsidersMayNothingElse tries what would read, change or forge something.
func TestOutsidersMayNothingElse(t *testing.T) {
	e := open(t)
	publish(t, e, "private.x", "hidden")
	publish(t, e, "public.x", "shown")
	before := streams(t, e)
	everybody := []string{
		"public.x", "private.x", "$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.INFO.PRIVATE",
		"$JS.API.STREAM.MSG.GET.PUBLIC",
		"$JS.API.STREAM.MSG.GET.PRIVATE", "$JS.API.DIRECT.GET.PUBLIC", "$JS.API.DIRECT.GET.PRIVATE",
		"$JS.API.STREAM.CREATE.X", "$JS.API.STREAM.UPDATE.PUBLIC",
		"$JS.API.STREAM.PURGE.PUBLIC", "$JS.API.STREAM.DELETE.PUBLIC", "$JS.API.STREAM.MSG.DELETE.PUBLIC",
		"$JS.API.STREAM.SNAPSHOT.PUBLIC",
		"$JS.API.CONSUMER.CREATE.PUBLIC", "$JS.API.CONSUMER.CREATE.PUBLIC.x.public.>",
		"$JS.API.CONSUMER.CREATE.PUBLIC.theirs",
		"$JS.API.CONSUMER.DURABLE.CREATE.PUBLIC.x", "$JS.API.CONSUMER.DURABLE.CREATE.PUBLIC.theirs",
		"$JS.API.CONSUMER.DELETE.PUBLIC.theirs",
		"$JS.API.CONSUMER.PAUSE.PUBLIC.theirs", "$JS.API.CONSUMER.RESET.PUBLIC.theirs",
		"$JS.API.CONSUMER.UNPIN.PUBLIC.theirs", "$JS.API.CONSUMER.LIST.PUBLIC", "$JS.API.CONSUMER.NAMES.PUBLIC",
		"$JS.API.CONSUMER.INFO.PUBLIC.others", "$JS.API.CONSUMER.INFO.PRIVATE.theirs",
		"$JS.API.CONSUMER.MSG.NEXT.PUBLIC.others",
		"$JS.API.CONSUMER.MSG.NEXT.PUBLIC.ours", "$JS.API.CONSUMER.MSG.NEXT.PRIVATE.theirs",
		"$JS.API.CONSUMER.MSG.NEXT.PUBLIC",
		"$JS.ACK.PUBLIC.others.1.1.1.1700000000000000000.0", "$JS.ACK.PRIVATE.theirs.1.1.1.1700000000000000000.0",
		"$JS.ACK.PUBLIC.theirs",
		"$JS.FC.PUBLIC.theirs.x", "$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO", "_INBOX.x", "_INBOX_theirs.x",
		"_INBOX_others.x",
	}
	of := theirs().Publishes()
	for user, c := range map[string]struct {
		outsider
		publish, subscribe []string
	}{
		"feed": {reader(t, e), append(of, "$JS.ACK.PUBLIC.theirs.1.1.1.1700000000000000000.0"),
			[]string{"_INBOX.>", "_INBOX_theirs.>"}},
		"a guest": {guestOf(t, e), nil, []string{"public.>", "public.x", "_INBOX.>", "_INBOX.x", "_INBOX_others.>",
			"_INBOX_theirs"}},
	} {
		for _, subject := range append(c.publish, everybody...) {
			require.NoError(t, c.PublishRequest(subject, c.NewInbox(), []byte("{}")))
			c.refused(user + " publishes " + subject)
		}
		for _, subject := range append(c.subscribe, ">", "private.>", "$SYS.>", "$JS.>", "$JS.ACK.>", "*.*",
			"_INBOX_others.x", "_R_.>") {
			_, err := c.SubscribeSync(subject)
			require.NoError(t, err)
			c.refused(user + " subscribes to " + subject)
		}
	}
	require.Equal(t, before, streams(t, e))
	info, err := e.JetStream().Consumer(t.Context(), "PUBLIC", "theirs")
	require.NoError(t, err)
	require.EqualValues(t, 1, info.CachedInfo().NumPending)
}

// TestGuestCannotHaveTheServicePublish asks for messages to be delivered where the service, the Reader or another Guest
// would take them for what comes to them.
func TestGuestCannotHaveTheServicePublish(t *testing.T) {
	e := open(t)
	hears, another := reader(t, e), enter(t, e, "feed.others", "of others")
	public, err := hears.SubscribeSync("public.>")
	require.NoError(t, err)
	require.NoError(t, hears.Flush())
	publish(t, e, "public.x", "shown")
	_, err = public.NextMsg(10 * time.Second)
	require.NoError(t, err)
	own, err := another.Conn.SubscribeSync("_INBOX_others.>")
	require.NoError(t, err)
	require.NoError(t, another.Flush())
	before := streams(t, e)
	o := guestOf(t, e)
	mine, err := o.SubscribeSync(theirs().InboxPrefix() + ".>")
	require.NoError(t, err)
	for _, reply := range []string{"private.x", "public.x", "$JS.API.STREAM.DELETE.PRIVATE", "_INBOX_others.x",
		theirs().InboxPrefix() + ".x"} {
		require.NoError(t, o.PublishRequest("$JS.API.CONSUMER.MSG.NEXT.PUBLIC.theirs", reply,
			[]byte(`{"batch":1,"no_wait":true}`)))
	}
	_, err = mine.NextMsg(10 * time.Second) // what was there to come has come by now
	require.NoError(t, err)
	require.NoError(t, hears.Flush())
	require.NoError(t, another.Flush())
	for _, s := range []*nats.Subscription{public, own} {
		pending, _, err := s.Pending()
		require.NoError(t, err)
		require.Zero(t, pending)
	}
	require.Equal(t, before, streams(t, e))
}

// TestGuestHearsNoAnswers listens where the service's own answers come, in an account that is not its own.
func TestGuestHearsNoAnswers(t *testing.T) {
	e := open(t)
	o := guestOf(t, e)
	heard, err := o.SubscribeSync(theirs().InboxPrefix() + ".>")
	require.NoError(t, err)
	require.NoError(t, o.Flush())
	inbox, err := e.Conn().SubscribeSync(theirs().InboxPrefix() + ".x") // as if the service's inboxes had that name
	require.NoError(t, err)
	require.NoError(t, e.Conn().Publish(theirs().InboxPrefix()+".x", nil))
	_, err = inbox.NextMsg(10 * time.Second)
	require.NoError(t, err)
	// what was there to hear has come by now
	require.NoError(t, o.PublishRequest("$JS.API.CONSUMER.INFO.PUBLIC.theirs", theirs().InboxPrefix()+".y", nil))
	msg, err := heard.NextMsg(10 * time.Second)
	require.NoError(t, err)
	require.Contains(t, string(msg.Data), `"name":"theirs"`, "the guest's own answer")
	require.Empty(t, o.failed)
}

// streams counts the messages.
func streams(t *testing.T, e *Engine) map[string]uint64 {
	t.Helper()
	out := map[string]uint64{}
	for _, name := range []string{"PUBLIC", "PRIVATE"} {
		s, err := e.JetStream().Stream(t.Context(), name)
		require.NoError(t, err)
		out[name] = s.CachedInfo().State.LastSeq
	}
	return out
}

func TestWhoComesIn(t *testing.T) {
	e := open(t)
	none := theirs()
	none.Consumer, none.Hash = "nobody", ""
	require.NoError(t, e.Admit([]Guest{theirs(), none}))
	for _, as := range []nats.Option{
		func(*nats.Options) error { return nil }, nats.UserInfo(Reader, ""), nats.UserInfo(Reader, "wrong"),
		nats.UserInfo("accountd", ""),
		nats.UserInfo("accountd", "secret"), nats.Token("secret"), nats.UserInfo("feed.theirs", ""),
		nats.UserInfo("feed.theirs", "secret"),
		nats.UserInfo("feed.theirs", theirs().Hash), nats.UserInfo("theirs", "of theirs"),
		nats.UserInfo("feed.nobody", ""),
		nats.UserInfo("feed.others", "of others"), nats.UserInfo("feed.", "of theirs"),
		nats.UserInfo(Reader, "of theirs"),
	} {
		_, err := nats.Connect("nats://"+e.Addr().String(), as)
		require.ErrorIs(t, err, nats.ErrAuthorization)
	}
	require.NoError(t, guestOf(t, e).Flush())
}

// TestGuestsAreShutOut ends connections of a Guest who is gone and of one whose password is another, and no other
// connection.
func TestGuestsAreShutOut(t *testing.T) {
	e := open(t)
	stays := reader(t, e)
	for _, next := range [][]Guest{
		{others()}, {{Stream: "PUBLIC", Consumer: "theirs", Hash: hashed("another")}, others()},
		{others(), {Stream: "PUBLIC", Consumer: "theirs"}},
	} {
		require.NoError(t, e.Admit([]Guest{others(), theirs()}))
		another := enter(t, e, "feed.others", "of others")
		gone := []outsider{guestOf(t, e), guestOf(t, e)}
		require.NoError(t, e.Admit(next))
		for _, o := range gone {
			select {
			case <-o.closed:
			case <-time.After(10 * time.Second):
				t.Fatal("the connection stays")
			}
		}
		_, err := nats.Connect("nats://"+e.Addr().String(), nats.UserInfo("feed.theirs", "of theirs"))
		require.ErrorIs(t, err, nats.ErrAuthorization)
		require.NoError(t, another.Flush())
	}
	require.NoError(t, stays.Flush())
}

// TestGuestsRaceTheDoor has connections come while their Guest goes: none is there afterwards.
func TestGuestsRaceTheDoor(t *testing.T) {
	e := open(t)
	for range 20 {
		require.NoError(t, e.Admit([]Guest{theirs()}))
		came := make(chan *nats.Conn)
		for range 4 {
			go func() {
				conn, _ := nats.Connect("nats://"+e.Addr().String(), nats.UserInfo("feed.theirs", "of theirs"),
					nats.NoReconnect())
				came <- conn
			}()
		}
		require.NoError(t, e.Admit(nil))
		for range 4 {
			conn := <-came
			if conn == nil {
				continue
			}
			require.Eventually(t, conn.IsClosed, 10*time.Second, time.Millisecond)
		}
	}
}

func TestNobodyIsAdmittedWhereNobodyListens(t *testing.T) {
	e := startIn(t, t.TempDir())
	defer stop(t, e)
	require.NoError(t, e.Admit([]Guest{theirs()}))
}

func TestConfiguration(t *testing.T) {
	require.Equal(t, `permissions: {
  publish: { allow: ["$JS.API.STREAM.INFO.PUBLIC", "$JS.API.CONSUMER.INFO.PUBLIC.theirs", "$JS.API.CONSUMER.MSG.NEXT.PUBLIC.theirs", "$JS.ACK.PUBLIC.theirs.>"] }
  subscribe: { allow: ["_INBOX_theirs.>"] }
}
`, theirs().Configuration())
}

// TestConfigurationGrants runs a server on a file that an operator would write, with what is to be granted put into it.
func TestConfigurationGrants(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nats.conf")
	config := fmt.Sprintf("listen: 127.0.0.1:-1\njetstream: {store_dir: %q}\nauthorization: {users: [\n{user: "+
		"operator, password: secret}\n{user: crm, password: theirs, %s}\n]}\n",
		t.TempDir(), theirs().Configuration())
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	options, err := server.ProcessConfigFile(file)
	require.NoError(t, err)
	options.NoSigs = true
	srv, err := server.NewServer(options)
	require.NoError(t, err)
	srv.Start()
	defer func() { srv.Shutdown(); srv.WaitForShutdown() }()
	e, err := Connect(t.Context(), srv.ClientURL(), nil, nats.UserInfo("operator", "secret"))
	require.NoError(t, err)
	defer stop(t, e)
	_, err = e.JetStream().CreateStream(t.Context(),
		jetstream.StreamConfig{Name: "PUBLIC", Subjects: []string{"public.>"}})
	require.NoError(t, err)
	for _, consumer := range []string{"theirs", "others"} {
		_, err = e.JetStream().CreateConsumer(t.Context(), "PUBLIC", jetstream.ConsumerConfig{Durable: consumer,
			AckPolicy: jetstream.AckExplicitPolicy})
		require.NoError(t, err)
	}
	publish(t, e, "public.x", "one")

	o := outsider{t: t, failed: make(chan error, 16)}
	o.Conn, err = nats.Connect(srv.ClientURL(), nats.UserInfo("crm", "theirs"),
		nats.CustomInboxPrefix(theirs().InboxPrefix()),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { o.failed <- err }))
	require.NoError(t, err)
	defer o.Close()
	js, err := jetstream.New(o.Conn)
	require.NoError(t, err)
	stream, err := js.Stream(t.Context(), "PUBLIC")
	require.NoError(t, err)
	consumer, err := stream.Consumer(t.Context(), "theirs")
	require.NoError(t, err)
	msg, err := consumer.Next()
	require.NoError(t, err)
	require.NoError(t, msg.DoubleAck(t.Context()))
	for _, subject := range []string{"$JS.API.CONSUMER.MSG.NEXT.PUBLIC.others",
		"$JS.ACK.PUBLIC.others.1.1.1.1700000000000000000.0", "public.x", "$JS.API.STREAM.PURGE.PUBLIC"} {
		require.NoError(t, o.PublishRequest(subject, o.NewInbox(), nil))
		o.refused(subject)
	}
}

func TestListenRefusesABadAddress(t *testing.T) {
	for _, addr := range []string{"", "x", "127.0.0.1:x", "127.0.0.1:99999", "256.0.0.1:0"} {
		_, err := Start(t.Context(), Options{StoreDir: t.TempDir(), Listen: &Listen{Addr: addr, Password: "secret",
			Subjects: "public.>"}})
		require.Error(t, err, addr)
	}
}
