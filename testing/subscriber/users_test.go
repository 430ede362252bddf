package subscriber

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

const patience = 20 * time.Second

// visit is a connection from outside, which does not come back when it is ended.
type visit struct {
	*nats.Conn
	t       *testing.T
	refused chan error
	ended   chan struct{}
}

func (s *service) visit(t *testing.T, subscription, password string) visit {
	t.Helper()
	v := visit{t: t, refused: make(chan error, 16), ended: make(chan struct{})}
	conn, err := nats.Connect(s.nats, nats.UserInfo("feed."+subscription, password),
		nats.CustomInboxPrefix("_INBOX_"+subscription), nats.NoReconnect(),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { v.refused <- err }),
		nats.ClosedHandler(func(*nats.Conn) { close(v.ended) }))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	v.Conn = conn
	return v
}

// fetch returns the next message of the subscription.
func (v visit) fetch(subscription string) jetstream.Msg {
	v.t.Helper()
	js, err := jetstream.New(v.Conn)
	require.NoError(v.t, err)
	stream, err := js.Stream(v.t.Context(), "ACCOUNT_FEED")
	require.NoError(v.t, err)
	consumer, err := stream.Consumer(v.t.Context(), subscription)
	require.NoError(v.t, err)
	msg, err := consumer.Next(jetstream.FetchMaxWait(patience))
	require.NoError(v.t, err)
	return msg
}

func (v visit) isEnded() {
	v.t.Helper()
	select {
	case <-v.ended:
	case <-time.After(patience):
		v.t.Fatal("the connection stays")
	}
}

func (s *service) shutOut(t *testing.T, subscription, password string) {
	t.Helper()
	_, err := nats.Connect(s.nats, nats.UserInfo("feed."+subscription, password))
	require.ErrorIs(t, err, nats.ErrAuthorization)
}

// TestUserOfASubscription has one come in, get another password, and go.
func TestUserOfASubscription(t *testing.T) {
	s, err := startService()
	require.NoError(t, err)
	defer s.stop()
	first := s.subscription(`{"name":"crm"}`)
	other := s.visit(t, "billing", s.subscription(`{"name":"billing"}`))
	open := s.visit(t, "crm", first)
	require.NoError(t, open.fetch("crm").DoubleAck(t.Context()))

	second := s.password("/v1/subscriptions/crm/secret", "")
	open.isEnded()
	s.shutOut(t, "crm", first)
	again := s.visit(t, "crm", second)
	require.NoError(t, again.fetch("crm").DoubleAck(t.Context()), "it goes on where it was")

	s.call("DELETE", "/v1/subscriptions/crm", "")
	again.isEnded()
	s.shutOut(t, "crm", second)
	third := s.subscription(`{"name":"crm"}`)
	s.shutOut(t, "crm", second)
	require.NoError(t, s.visit(t, "crm", third).fetch("crm").DoubleAck(t.Context()))
	require.NoError(t, other.fetch("billing").DoubleAck(t.Context()), "others notice nothing")
	require.Empty(t, other.refused)
}

// TestUsersCannotReachEachOther has the user of one subscription try what would take another's messages, or pretend
// that they are done.
func TestUsersCannotReachEachOther(t *testing.T) {
	s, err := startService()
	require.NoError(t, err)
	defer s.stop()
	crm, billing := s.visit(t, "crm", s.subscription(`{"name":"crm"}`)),
		s.visit(t, "billing", s.subscription(`{"name":"billing"}`))
	msg := billing.fetch("billing")
	ack := msg.Reply()
	for _, subject := range []string{
		ack, "$JS.API.CONSUMER.MSG.NEXT.ACCOUNT_FEED.billing", "$JS.API.CONSUMER.INFO.ACCOUNT_FEED.billing",
		"feed.user.UserCreated.x",
		"$JS.API.CONSUMER.CREATE.ACCOUNT_FEED.mine", "$JS.API.CONSUMER.DURABLE.CREATE.ACCOUNT_FEED.mine",
		"$JS.API.STREAM.PURGE.ACCOUNT_FEED",
		"$JS.API.CONSUMER.DELETE.ACCOUNT_FEED.crm", "$JS.API.STREAM.MSG.GET.ACCOUNTS", "accounts.user.x",
	} {
		require.NoError(t, crm.PublishRequest(subject, crm.NewInbox(), []byte("+ACK")))
		require.NoError(t, crm.Flush())
		require.ErrorIs(t, <-crm.refused, nats.ErrPermissionViolation, subject)
	}
	for _, subject := range []string{"_INBOX_billing.>", "_INBOX.>", "feed.>", ">"} {
		_, err := crm.SubscribeSync(subject)
		require.NoError(t, err)
		require.NoError(t, crm.Flush())
		require.ErrorIs(t, <-crm.refused, nats.ErrPermissionViolation, subject)
	}
	_, content := s.request("GET", "/v1/subscriptions/billing", "")
	require.Contains(t, content, `"unacknowledged":1`)
	require.NoError(t, msg.DoubleAck(t.Context()))
	require.Empty(t, billing.refused)
}

// TestFeedHearsAndReadsNothing has the user that all share try to read a subscription.
func TestFeedHearsAndReadsNothing(t *testing.T) {
	s, err := startService()
	require.NoError(t, err)
	defer s.stop()
	s.subscription(`{"name":"crm"}`)
	refused := make(chan error, 16)
	conn, err := nats.Connect(s.nats, nats.UserInfo("feed", s.admin.FeedPassword),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err }))
	require.NoError(t, err)
	defer conn.Close()
	heard, err := conn.SubscribeSync("feed.>")
	require.NoError(t, err)
	require.NoError(t, conn.Flush())
	s.call("POST", "/v1/users", `{"email":"ada@example.org"}`)
	msg, err := heard.NextMsg(patience)
	require.NoError(t, err)
	require.Contains(t, msg.Subject, "feed.")
	for _, subject := range []string{"$JS.API.CONSUMER.MSG.NEXT.ACCOUNT_FEED.crm",
		"$JS.API.CONSUMER.INFO.ACCOUNT_FEED.crm", "$JS.API.STREAM.INFO.ACCOUNT_FEED",
		"$JS.ACK.ACCOUNT_FEED.crm.1.1.1.1.0", "feed.user.UserCreated.x"} {
		require.NoError(t, conn.PublishRequest(subject, "feed.x", nil))
		require.NoError(t, conn.Flush())
		require.ErrorIs(t, <-refused, nats.ErrPermissionViolation, subject)
	}
}
