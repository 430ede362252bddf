package engine

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// open runs a server that lets the Reader in, with a stream of what it may read and one of what it may not.
func open(t *testing.T) *Engine {
	t.Helper()
	e, err := Start(t.Context(), Options{StoreDir: t.TempDir(), Listen: &Listen{Addr: "127.0.0.1:0", Password: "secret", Subjects: "public.>"}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, e) })
	for name, subjects := range map[string]string{"PUBLIC": "public.>", "PRIVATE": "private.>"} {
		_, err := e.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{Name: name, Subjects: []string{subjects}, AllowDirect: true})
		require.NoError(t, err)
		for _, consumer := range []string{"ours", "theirs"} {
			_, err = e.JetStream().CreateConsumer(t.Context(), name, jetstream.ConsumerConfig{Durable: consumer, AckPolicy: jetstream.AckExplicitPolicy})
			require.NoError(t, err)
		}
	}
	require.NoError(t, e.Admit("PUBLIC", "theirs"))
	require.NoError(t, e.Admit("PUBLIC", "theirs"))
	return e
}

func publish(t *testing.T, e *Engine, subject, text string) {
	t.Helper()
	_, err := e.JetStream().Publish(t.Context(), subject, []byte(text))
	require.NoError(t, err)
}

// outsider connects as any client does, without options of ours.
func outsider(t *testing.T, e *Engine) (*nats.Conn, chan error) {
	t.Helper()
	failed := make(chan error, 16)
	conn, err := nats.Connect("nats://"+e.Addr().String(), nats.UserInfo(Reader, "secret"), nats.NoReconnect(),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { failed <- err }))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn, failed
}

func TestOutsiderReads(t *testing.T) {
	e := open(t)
	conn, failed := outsider(t, e)
	live, err := conn.SubscribeSync("public.>")
	require.NoError(t, err)
	require.NoError(t, conn.Flush())
	for _, text := range []string{"one", "two", "three"} {
		publish(t, e, "public.x", text)
		msg, err := live.NextMsg(10 * time.Second)
		require.NoError(t, err)
		require.Equal(t, text, string(msg.Data))
	}
	js, err := jetstream.New(conn)
	require.NoError(t, err)
	for _, want := range []string{"one", "two", "three"} { // a consumer of its own each, so that only what was acknowledged is gone
		consumer, err := js.Consumer(t.Context(), "PUBLIC", "theirs")
		require.NoError(t, err)
		messages, err := consumer.Messages(jetstream.PullMaxMessages(1))
		require.NoError(t, err)
		msg, err := messages.Next()
		require.NoError(t, err)
		require.Equal(t, want, string(msg.Data()))
		require.NoError(t, msg.DoubleAck(t.Context()))
		messages.Stop()
	}
	info, err := e.JetStream().Consumer(t.Context(), "PUBLIC", "theirs")
	require.NoError(t, err)
	require.EqualValues(t, 3, info.CachedInfo().AckFloor.Stream)
	require.Empty(t, failed)
}

// TestOutsiderMayNothingElse tries what would read, change or forge something.
func TestOutsiderMayNothingElse(t *testing.T) {
	e := open(t)
	publish(t, e, "private.x", "hidden")
	publish(t, e, "public.x", "shown")
	before := streams(t, e)
	conn, failed := outsider(t, e)
	refused := func(what string) {
		t.Helper()
		require.NoError(t, conn.Flush())
		select {
		case err := <-failed:
			require.ErrorIs(t, err, nats.ErrPermissionViolation, what)
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is not refused", what)
		}
	}
	for _, subject := range []string{
		"public.x", "private.x", "$JS.API.INFO", "$JS.API.STREAM.INFO.PUBLIC", "$JS.API.STREAM.MSG.GET.PRIVATE", "$JS.API.DIRECT.GET.PRIVATE",
		"$JS.API.STREAM.PURGE.PUBLIC", "$JS.API.STREAM.DELETE.PUBLIC", "$JS.API.CONSUMER.CREATE.PUBLIC", "$JS.API.CONSUMER.CREATE.PUBLIC.x.public.>",
		"$JS.API.CONSUMER.DURABLE.CREATE.PUBLIC.x", "$JS.API.CONSUMER.DELETE.PUBLIC.theirs", "$JS.API.CONSUMER.LIST.PUBLIC",
		"$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO", "_INBOX.x",
	} {
		require.NoError(t, conn.PublishRequest(subject, conn.NewInbox(), []byte("{}")))
		refused(subject)
	}
	for _, subject := range []string{">", "private.>", "$SYS.>", "$JS.>", "*.*"} {
		_, err := conn.SubscribeSync(subject)
		require.NoError(t, err)
		refused(subject)
	}
	for _, consumer := range []string{"PUBLIC.ours", "PRIVATE.ours", "PRIVATE.theirs"} {
		_, err := conn.Request("$JS.API.CONSUMER.MSG.NEXT."+consumer, []byte(`{"batch":1,"no_wait":true}`), 10*time.Second)
		require.ErrorIs(t, err, nats.ErrNoResponders, consumer)
		_, err = conn.Request("$JS.API.CONSUMER.INFO."+consumer, nil, 10*time.Second)
		require.ErrorIs(t, err, nats.ErrNoResponders, consumer)
	}
	require.Equal(t, before, streams(t, e))
}

// TestOutsiderCannotHaveTheServicePublish asks for messages to be delivered where the service would take them for its own.
func TestOutsiderCannotHaveTheServicePublish(t *testing.T) {
	e := open(t)
	publish(t, e, "public.x", "shown")
	before := streams(t, e)
	conn, _ := outsider(t, e)
	own, err := conn.SubscribeSync("public.>") // so that somebody is there to deliver to
	require.NoError(t, err)
	for _, reply := range []string{"private.x", "$JS.API.STREAM.DELETE.PRIVATE", "public.x"} {
		require.NoError(t, conn.PublishRequest("$JS.API.CONSUMER.MSG.NEXT.PUBLIC.theirs", reply, []byte(`{"batch":1,"expires":60000000000}`)))
	}
	msg, err := own.NextMsg(10 * time.Second)
	require.NoError(t, err)
	require.Equal(t, "public.x", msg.Subject)
	require.Equal(t, before, streams(t, e))
}

// TestOutsiderHearsNoAnswers listens where the service's own answers come.
func TestOutsiderHearsNoAnswers(t *testing.T) {
	e := open(t)
	conn, failed := outsider(t, e)
	heard, err := conn.SubscribeSync("_INBOX.>")
	require.NoError(t, err)
	require.NoError(t, conn.Flush())
	publish(t, e, "private.x", "hidden")
	s, err := e.JetStream().Stream(t.Context(), "PRIVATE")
	require.NoError(t, err)
	_, err = s.GetMsg(t.Context(), 1)
	require.NoError(t, err)
	_, err = conn.Request("$JS.API.CONSUMER.INFO.PUBLIC.theirs", nil, 10*time.Second) // what was there to hear has come by now
	require.NoError(t, err)
	msg, err := heard.NextMsg(10 * time.Second)
	require.NoError(t, err)
	require.Contains(t, string(msg.Data), `"name":"theirs"`, "the outsider's own answer")
	require.Empty(t, failed)
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
	for _, as := range []nats.Option{
		func(*nats.Options) error { return nil }, nats.UserInfo(Reader, ""), nats.UserInfo(Reader, "wrong"), nats.UserInfo("accountd", ""),
		nats.UserInfo("accountd", "secret"), nats.Token("secret"),
	} {
		_, err := nats.Connect("nats://"+e.Addr().String(), as)
		require.ErrorIs(t, err, nats.ErrAuthorization)
	}
}

func TestListenRefusesABadAddress(t *testing.T) {
	for _, addr := range []string{"", "x", "127.0.0.1:x", "127.0.0.1:99999", "256.0.0.1:0"} {
		_, err := Start(t.Context(), Options{StoreDir: t.TempDir(), Listen: &Listen{Addr: addr, Password: "secret", Subjects: "public.>"}})
		require.Error(t, err, addr)
	}
}
