package native

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/secrets"
	"accountd/commands/subscription"
	"accountd/events"
	"accountd/events/engine"
)

// TestPasswordsAreKeptAsHashes finds the password of a subscription in the answer that made it and nowhere else.
func TestPasswordsAreKeptAsHashes(t *testing.T) {
	s := start(t, committer.Options{})
	var made newSubscriptionAnswer
	require.NoError(t, json.Unmarshal(s.call("POST", "/v1/subscriptions", s.token, `{"name":"crm"}`).Body.Bytes(),
		&made))
	require.Equal(t, "feed.crm", *made.NATSUser)
	kept := s.Snapshot().Directory().SubscriptionByName("crm").SecretHash.Reveal()
	require.Equal(t, secrets.Hash(*made.Password), kept)
	for _, path := range []string{"/v1/subscriptions", "/v1/subscriptions/crm"} {
		shown := s.call("GET", path, s.token, "").Body.String()
		require.NotContains(t, shown, "password")
		require.NotContains(t, shown, kept)
	}
	var rotated newSubscriptionAnswer
	require.NoError(t, json.Unmarshal(s.call("POST", "/v1/subscriptions/crm/secret", s.token, "").Body.Bytes(),
		&rotated))
	require.NotEqual(t, *made.Password, *rotated.Password)
	require.Equal(t, secrets.Hash(*rotated.Password),
		s.Snapshot().Directory().SubscriptionByName("crm").SecretHash.Reveal())
}

// TestSubscriptionOfBeforeGetsItsUser shows none until it has a first password.
func TestSubscriptionOfBeforeGetsItsUser(t *testing.T) {
	s := start(t, committer.Options{})
	s.do(commands.Service(), commands.CreateSubscription{Subscription: events.SubscriptionCreated{Name: "crm"}})
	require.Contains(t, s.call("GET", "/v1/subscriptions/crm", s.token, "").Body.String(), `"nats_user":null`)
	require.Contains(t, s.call("POST", "/v1/subscriptions/crm/secret", s.token, "").Body.String(),
		`"nats_user":"feed.crm"`)
	require.Contains(t, s.call("GET", "/v1/subscriptions/crm", s.token, "").Body.String(), `"nats_user":"feed.crm"`)
}

// TestUsersOfAClusterOutsideAreItsOperators makes no users there, and says what to grant them.
func TestUsersOfAClusterOutsideAreItsOperators(t *testing.T) {
	s := start(t, committer.Options{})
	outside, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir()})
	require.NoError(t, err)
	outside.Start()
	t.Cleanup(func() { outside.Shutdown(); outside.WaitForShutdown() })
	e, err := engine.Connect(t.Context(), outside.ClientURL(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	s.api.Subscriptions = subscription.New(subscription.Options{Engine: e, Feed: s.Feed, Fold: s.View,
		Handler: s.Handler})

	made := s.call("POST", "/v1/subscriptions", s.token, `{"name":"crm"}`)
	require.Equal(t, http.StatusCreated, made.Code)
	var answer newSubscriptionAnswer
	require.NoError(t, json.Unmarshal(made.Body.Bytes(), &answer))
	require.Nil(t, answer.Password)
	require.Nil(t, answer.NATSUser)
	require.Contains(t, *answer.Permissions, `"$JS.API.CONSUMER.MSG.NEXT.ACCOUNT_FEED.crm"`)
	require.Empty(t, s.Snapshot().Directory().SubscriptionByName("crm").SecretHash)
	require.Contains(t, s.call("GET", "/v1/subscriptions/crm", s.token, "").Body.String(),
		`"nats_permissions":"permissions: {`)
	refused := s.call("POST", "/v1/subscriptions/crm/secret", s.token, "")
	require.Equal(t, http.StatusConflict, refused.Code)
	require.Contains(t, refused.Body.String(), "nats_users_outside")
}

// TestSubscribingTakesAProof asks by a session whose password was given long ago.
func TestSubscribingTakesAProof(t *testing.T) {
	s := start(t, committer.Options{})
	require.Equal(t, http.StatusCreated, s.call("POST", "/v1/subscriptions", s.token, `{"name":"crm"}`).Code)
	u, _ := s.ann(0)
	s.do(commands.Service(), commands.UpdateUser{ID: u.ID, Rights: events.RightsChanged{SuperAdmin: new(true)}})
	session := s.logIn("secret")
	s.now = s.now.Add(commands.ProofFor)
	for _, c := range [][2]string{{"POST", "/v1/subscriptions"}, {"POST", "/v1/subscriptions/crm/secret"},
		{"DELETE", "/v1/subscriptions/crm"}} {
		body := ""
		if c[1] == "/v1/subscriptions" {
			body = `{"name":"billing"}`
		}
		w := s.call(c[0], c[1], session, body)
		require.Equal(t, http.StatusForbidden, w.Code, c)
		require.Contains(t, w.Body.String(), commands.ReasonProof, c)
	}
}
