package webhook

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/events/feed"
)

// about returns the type and the username of what came.
func (r received) about(t *testing.T) string {
	t.Helper()
	var m struct {
		Type string
		Data struct{ Username string }
	}
	require.NoError(t, json.Unmarshal([]byte(r.body), &m))
	return strings.TrimSpace(strings.TrimSuffix(m.Type, ".v1") + " " + m.Data.Username)
}

func allowed() Options { return Options{AllowPrivate: true} }

func TestSendsWhatIsWantedInOrder(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s, picky := newSink(t), newSink(t)
	w.user("before")
	hook := w.hook(s, nil)
	ada := w.user("ada")
	w.hook(picky, func(e *events.WebhookCreated) { e.Types, e.Users = []string{"UserDisabled"}, []uuid.UUID{ada.ID} })
	bob := w.user("bob")
	for _, u := range []*commands.User{bob, ada} {
		w.do(commands.UpdateUser{ID: u.ID, Active: new(true)})
		w.do(commands.UpdateUser{ID: u.ID, Active: new(false)})
	}
	for _, want := range []string{"UserCreated ada", "WebhookCreated", "UserCreated bob", "UserEnabled", "UserDisabled", "UserEnabled", "UserDisabled"} {
		require.Equal(t, want, s.next(t).about(t))
	}
	got := picky.next(t)
	require.Equal(t, "UserDisabled", got.about(t))
	require.Contains(t, got.body, ada.ID.String())
	all := w.deliveries(r, hook.ID, 7)
	require.Len(t, all, 7)
	require.Equal(t, Delivery{ID: all[0].ID, Sequence: ada.Version, Type: "UserCreated.v1", Attempt: 1, At: all[0].At, Took: all[0].Took,
		Outcome: Delivered, Status: 200}, all[0])
	s.requireQuiet(t)
	picky.requireQuiet(t)
}

func TestWhatIsSent(t *testing.T) {
	w := newWorld(t)
	w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, nil)
	ada := w.user("ada")
	got := s.next(t)
	msg, err := w.feed.Message(t.Context(), ada.Version)
	require.NoError(t, err)
	require.Equal(t, string(msg.Data), got.body, "byte for byte")
	require.Equal(t, feed.ContentType, got.header.Get("Content-Type"))
	p, err := parcelOf(msg.Data)
	require.NoError(t, err)
	require.Equal(t, p.ID, got.header.Get("webhook-id"))
	requireSigned(t, got, hook.Secret)

	fresh := NewSecret()
	w.do(commands.RotateWebhookSecret{ID: hook.ID, Secret: fresh, OldUntil: time.Now().Add(time.Hour)})
	requireSigned(t, s.next(t), fresh, hook.Secret) // WebhookSecretRotated itself
	w.do(commands.RotateWebhookSecret{ID: hook.ID, Secret: hook.Secret, OldUntil: time.Now()})
	got = s.next(t)
	requireSigned(t, got, hook.Secret)
	require.NotContains(t, got.body, "whsec_")
}

func requireSigned(t *testing.T, got received, secrets ...events.Secret) {
	t.Helper()
	seconds, err := strconv.ParseInt(got.header.Get("webhook-timestamp"), 10, 64)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), time.Unix(seconds, 0), time.Minute)
	require.Equal(t, signatures(secrets, got.header.Get("webhook-id"), time.Unix(seconds, 0), []byte(got.body)), got.header.Get("webhook-signature"))
}

func TestFailuresAreTriedAgainAndHoldUpTheRest(t *testing.T) {
	w := newWorld(t)
	o, outcomes := allowed(), make(chan string, 100)
	o.Attempted = func(outcome string, _ time.Duration) { outcomes <- outcome }
	r, _ := w.react(o)
	elsewhere := newSink(t)
	s := newSink(t, status(500), func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) })
	hook := w.hook(s, nil)
	w.user("ada")
	w.user("bob")
	first := s.next(t)
	for range 2 {
		again := s.next(t)
		require.Equal(t, first.body, again.body)
		require.Equal(t, first.header.Get("webhook-id"), again.header.Get("webhook-id"))
	}
	require.Equal(t, "UserCreated bob", s.next(t).about(t))
	all := w.deliveries(r, hook.ID, 4)
	require.Equal(t, []int{500, 302, 200, 200}, []int{all[0].Status, all[1].Status, all[2].Status, all[3].Status})
	require.Equal(t, []int{1, 2, 3, 1}, []int{all[0].Attempt, all[1].Attempt, all[2].Attempt, all[3].Attempt})
	require.Equal(t, []string{Failed, Failed, Delivered, Delivered}, []string{<-outcomes, <-outcomes, <-outcomes, <-outcomes})
	require.False(t, all[0].NextAt.IsZero())
	require.True(t, all[2].NextAt.IsZero())
	elsewhere.requireQuiet(t)
}

func TestHangingAddress(t *testing.T) {
	w := newWorld(t)
	o := allowed()
	o.Timeout = 200 * time.Millisecond
	r, _ := w.react(o)
	hang := make(chan struct{})
	s := newSink(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	})
	defer close(hang)
	hook := w.hook(s, nil)
	w.user("ada")
	s.next(t)
	s.next(t)
	d := w.deliveries(r, hook.ID, 1)[0]
	require.Equal(t, errorTimeout, d.Error)
	require.GreaterOrEqual(t, time.Duration(d.Took), o.Timeout)
}

func TestAddressThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t)
	s.Close()
	hook := w.hook(s, nil)
	w.user("ada")
	require.Equal(t, errorConnect, w.deliveries(r, hook.ID, 1)[0].Error)
}

func TestGoneDisablesAndEnablingGoesOn(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t, status(http.StatusGone))
	hook := w.hook(s, nil)
	w.user("ada")
	require.Equal(t, "UserCreated ada", s.next(t).about(t))
	w.until("it is disabled", func() bool { return w.webhook(hook.ID).Disabled == commands.WebhookGone })
	w.user("bob")
	require.Equal(t, Gone, w.deliveries(r, hook.ID, 1)[0].Outcome)
	s.requireQuiet(t)
	w.do(commands.UpdateWebhook{ID: hook.ID, Enabled: new(true)})
	for _, want := range []string{"UserCreated ada", "WebhookDisabled", "UserCreated bob", "WebhookEnabled"} {
		require.Equal(t, want, s.next(t).about(t))
	}
	require.Equal(t, 1, w.deliveries(r, hook.ID, 2)[1].Attempt, "attempts are counted anew")
}

// TestRepeatedFailureDisables has an address that fails as often as it is tried.
func TestRepeatedFailureDisables(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t, status(500), status(503), status(404), status(500))
	hook := w.hook(s, nil)
	ada := w.user("ada")
	w.until("it is disabled", func() bool { return w.webhook(hook.ID).Disabled == commands.WebhookFailing })
	require.Len(t, w.deliveries(r, hook.ID, 4), 4)
	records, err := w.Log.Read(t.Context(), ada.Version, 10)
	require.NoError(t, err)
	require.Equal(t, events.WebhookDisabled{Reason: commands.WebhookFailing}, records[0].Event)
	require.Equal(t, events.System, records[0].Cause.Actor)
	for range 4 {
		s.next(t)
	}
	w.do(commands.UpdateWebhook{ID: hook.ID, Enabled: new(true)})
	require.Equal(t, "UserCreated ada", s.next(t).about(t))
}

func TestRetryAfter(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	hook := w.hook(s, nil)
	w.user("ada")
	all := w.deliveries(r, hook.ID, 2)
	require.Equal(t, http.StatusTooManyRequests, all[0].Status)
	require.GreaterOrEqual(t, all[1].At.Sub(all[0].At), time.Second)
}

func TestRetryAfterIsRead(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-1": 0, "x": 0, "1.5": 0, "999999999": 24 * time.Hour, "99999999999999999999": 0,
		"Tue, 01 Jan 2030 00:01:00 GMT": time.Minute, "Mon, 31 Dec 2029 00:00:00 GMT": 0, "Fri, 01 Jan 2038 00:00:00 GMT": 24 * time.Hour,
	} {
		require.Equal(t, want, retryAfter(text, now), text)
	}
}

// TestAnotherAddressIsTriedAtOnce has an event that rests for an hour when its webhook gets a better address.
func TestAnotherAddressIsTriedAtOnce(t *testing.T) {
	w := newWorld(t)
	o := allowed()
	o.Schedule = []time.Duration{0, time.Hour, time.Hour}
	w.react(o)
	bad, good := newSink(t, status(500)), newSink(t)
	hook := w.hook(bad, nil)
	w.user("ada")
	bad.next(t)
	w.do(commands.UpdateWebhook{ID: hook.ID, Change: events.WebhookUpdated{URL: &good.URL}, Plain: true})
	require.Equal(t, "UserCreated ada", good.next(t).about(t))
	require.Equal(t, "WebhookUpdated", good.next(t).about(t))
}

// TestErasedPersonLeavesTheQueue erases somebody whose event rests for an hour: what comes behind it does not wait for that.
func TestErasedPersonLeavesTheQueue(t *testing.T) {
	w := newWorld(t)
	o := allowed()
	o.Schedule = []time.Duration{0, time.Hour, time.Hour}
	r, _ := w.react(o)
	s := newSink(t, status(500))
	hook := w.hook(s, func(e *events.WebhookCreated) { e.Types = []string{"UserCreated"} })
	ada := w.user("ada")
	w.user("bob")
	require.Equal(t, "UserCreated ada", s.next(t).about(t))
	w.deliveries(r, hook.ID, 1)
	last := w.view.Head()
	_, err := w.Log.Append(t.Context(), last, erased(ada))
	require.NoError(t, err)
	require.NoError(t, w.feed.Erase(t.Context(), ada.ID))
	require.Equal(t, "UserCreated bob", s.next(t).about(t))
}

func TestRedeliverAndRewind(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, nil)
	ada, _ := w.user("ada"), w.user("bob")
	s.next(t)
	s.next(t)
	w.deliveries(r, hook.ID, 2)
	d, err := r.Redeliver(t.Context(), hook, ada.Version)
	require.NoError(t, err)
	require.Equal(t, Delivered, d.Outcome)
	require.Zero(t, d.Attempt)
	require.Equal(t, "UserCreated ada", s.next(t).about(t))
	_, err = r.Redeliver(t.Context(), hook, 99)
	require.ErrorIs(t, err, feed.ErrNoMessage)
	require.NoError(t, r.Rewind(t.Context(), hook, ada.Version))
	require.Equal(t, "UserCreated ada", s.next(t).about(t))
	require.Equal(t, "UserCreated bob", s.next(t).about(t))
}

// TestSeveralReactors has every event sent once, one at a time and in order, whoever sends it, also when they come and go.
func TestSeveralReactors(t *testing.T) {
	w := newWorld(t)
	s := newSink(t)
	w.hook(s, func(e *events.WebhookCreated) { e.Types = []string{"UserCreated"} })
	for range 3 {
		w.react(allowed())
	}
	_, stop := w.react(allowed())
	for range 30 {
		w.user("user" + strconv.Itoa(len(s.got)) + uuid.NewString()[:8])
	}
	stop()
	for range 30 {
		w.user("user" + uuid.NewString()[:8])
	}
	var sequences []uint64
	for len(sequences) < 60 {
		p, err := parcelOf([]byte(s.next(t).body))
		require.NoError(t, err)
		if len(sequences) == 0 || p.Sequence != sequences[len(sequences)-1] { // what was under way when one stopped may come again
			sequences = append(sequences, p.Sequence)
		}
	}
	for i := range sequences {
		require.Equal(t, sequences[0]+uint64(i), sequences[i])
	}
}

func TestDeletedWebhookLeavesNoQueue(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, nil)
	w.user("ada")
	s.next(t)
	w.deliveries(r, hook.ID, 1)
	w.do(commands.DeleteWebhook{ID: hook.ID})
	w.until("the queue ends", func() bool {
		ids, err := w.feed.Queues(t.Context(), w.view.Position())
		require.NoError(t, err)
		return len(ids) == 0
	})
	w.user("bob")
	s.requireQuiet(t)
}

// TestOnAfterARestart has an event that comes while nobody sends.
func TestOnAfterARestart(t *testing.T) {
	w := newWorld(t)
	r, stop := w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, nil)
	w.user("ada")
	s.next(t)
	w.deliveries(r, hook.ID, 1) // it has been taken
	stop()
	w.user("bob")
	w.react(allowed())
	require.Equal(t, "UserCreated bob", s.next(t).about(t))
}
