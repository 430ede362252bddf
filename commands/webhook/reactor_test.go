package webhook

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/events/feed"
)

// parcel returns what came.
func (r received) parcel(t *testing.T) (p parcel) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(r.body), &p))
	return p
}

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

// abouts returns what so many requests were about, in the order in which they came.
func (s *sink) abouts(t *testing.T, n int) (all []string) {
	t.Helper()
	for range n {
		all = append(all, s.next(t).about(t))
	}
	return all
}

// requireOrder proves that these came in this order, whatever came among them.
func requireOrder(t *testing.T, all []string, want ...string) {
	t.Helper()
	i := 0
	for _, got := range all {
		if i < len(want) && got == want[i] {
			i++
		}
	}
	require.Equal(t, len(want), i, "%v in %v", want, all)
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
	all7 := s.abouts(t, 7)
	require.ElementsMatch(t, []string{"UserCreated ada", "WebhookCreated", "UserCreated bob", "UserEnabled",
		"UserDisabled", "UserEnabled", "UserDisabled"}, all7)
	requireOrder(t, all7, "UserCreated ada", "UserEnabled", "UserDisabled")
	requireOrder(t, all7, "UserCreated bob", "UserEnabled", "UserDisabled")
	got := picky.next(t)
	require.Equal(t, "UserDisabled", got.about(t))
	require.Contains(t, got.body, ada.ID.String())
	all := w.deliveries(r, hook.ID, 7)
	require.Len(t, all, 7)
	slices.SortFunc(all, func(a, b Delivery) int { return int(a.Sequence) - int(b.Sequence) })
	require.Equal(t, Delivery{ID: all[0].ID, Sequence: ada.Version, Type: "UserCreated.v1", Attempt: 1, At: all[0].At,
		Took: all[0].Took, Outcome: Delivered, Status: 200, Run: all[0].Run}, all[0])
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
	require.NoError(t, w.feed.Wait(t.Context(), ada.Version))
	require.Equal(t, w.message(ada.Version), got.body, "byte for byte")
	require.Equal(t, feed.ContentType, got.header.Get("Content-Type"))
	require.Equal(t, got.parcel(t).ID, got.header.Get("webhook-id"))
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
	require.Equal(t, signatures(secrets, got.header.Get("webhook-id"), time.Unix(seconds, 0), []byte(got.body)),
		got.header.Get("webhook-signature"))
}

func TestFailuresAreTriedAgainAndHoldUpTheRest(t *testing.T) {
	w := newWorld(t)
	o, outcomes := allowed(), make(chan string, 100)
	o.Schedule = []time.Duration{0, 200 * time.Millisecond, 200 * time.Millisecond, 200 * time.Millisecond}
	o.Attempted = func(outcome string, _ time.Duration) { outcomes <- outcome }
	r, _ := w.react(o)
	elsewhere := newSink(t)
	s := newSink(t, status(500), func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL,
			http.StatusFound)
	})
	hook := w.hook(s, nil)
	w.user("ada")
	first := s.next(t)
	w.deliveries(r, hook.ID, 1)
	w.user("bob")
	for range 2 {
		again := s.next(t)
		require.Equal(t, first.body, again.body)
		require.Equal(t, first.header.Get("webhook-id"), again.header.Get("webhook-id"))
	}
	require.Equal(t, "UserCreated bob", s.next(t).about(t))
	all := w.deliveries(r, hook.ID, 4)
	require.Equal(t, []int{500, 302, 200, 200}, []int{all[0].Status, all[1].Status, all[2].Status, all[3].Status})
	require.Equal(t, []int{1, 2, 3, 1}, []int{all[0].Attempt, all[1].Attempt, all[2].Attempt, all[3].Attempt})
	require.Equal(t, []string{Failed, Failed, Delivered, Delivered}, []string{<-outcomes, <-outcomes, <-outcomes,
		<-outcomes})
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
	all := s.abouts(t, 4)
	require.ElementsMatch(t, []string{"UserCreated ada", "WebhookDisabled", "UserCreated bob", "WebhookEnabled"}, all)
	requireOrder(t, all, "WebhookDisabled", "WebhookEnabled")
	for _, d := range w.deliveries(r, hook.ID, 5)[1:] {
		require.Equal(t, 1, d.Attempt, "attempts are counted anew")
	}
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
	require.Contains(t, s.abouts(t, 3), "UserCreated ada")
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
		"": 0, "0": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-1": 0, "x": 0, "1.5": 0,
		"999999999": 24 * time.Hour, "99999999999999999999": 0,
		"Tue, 01 Jan 2030 00:01:00 GMT": time.Minute, "Mon, 31 Dec 2029 00:00:00 GMT": 0,
		"Fri, 01 Jan 2038 00:00:00 GMT": 24 * time.Hour,
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
	require.ElementsMatch(t, []string{"UserCreated ada", "WebhookUpdated"}, good.abouts(t, 2))
}

// TestErasedPersonLeavesTheQueue erases somebody whose event rests for an hour: what comes behind it does not wait for
// that.
func TestErasedPersonLeavesTheQueue(t *testing.T) {
	w := newWorld(t)
	o := allowed()
	o.Schedule = []time.Duration{0, time.Hour, time.Hour}
	r, _ := w.react(o)
	s := newSink(t, status(500))
	hook := w.hook(s, func(e *events.WebhookCreated) { e.Types = []string{"UserCreated"} })
	ada := w.user("ada")
	require.Equal(t, "UserCreated ada", s.next(t).about(t))
	w.deliveries(r, hook.ID, 1)
	w.user("bob")
	last := w.view.Head()
	records, err := w.Log.Append(t.Context(), last, erased(ada))
	require.NoError(t, err)
	require.NoError(t, w.view.Apply(records))
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
	require.ErrorIs(t, err, ErrNoEvent)
	require.NoError(t, r.Rewind(t.Context(), hook, ada.Version))
	require.ElementsMatch(t, []string{"UserCreated ada", "UserCreated bob"}, s.abouts(t, 2))
}

// TestSeveralReactors has every event sent, and those of one user in order, whoever sends it, also when they come and
// go.
func TestSeveralReactors(t *testing.T) {
	w := newWorld(t)
	s := newSink(t)
	w.hook(s, func(e *events.WebhookCreated) { e.Types = []string{"UserCreated", "UserEnabled", "UserDisabled"} })
	for range 3 {
		w.react(allowed())
	}
	_, stop := w.react(allowed())
	w.user("admin") // the first one is protected
	users := []*commands.User{w.user("ada"), w.user("bob"), w.user("cy")}
	change := func(n int) {
		for i := range n {
			for _, u := range users {
				w.do(commands.UpdateUser{ID: u.ID, Active: new(i%2 == 0)})
			}
		}
	}
	change(10)
	stop()
	change(10)
	want := int(w.view.Position()) - 1 // all but the webhook itself
	last, seen := map[string]uint64{}, map[uint64]bool{}
	for len(seen) < want {
		got := s.next(t)
		var about struct{ Subject string }
		require.NoError(t, json.Unmarshal([]byte(got.body), &about))
		p := got.parcel(t)
		if p.Sequence != last[about.Subject] { // what was under way when one stopped may come again
			require.Greater(t, p.Sequence, last[about.Subject])
			require.False(t, seen[p.Sequence])
		}
		last[about.Subject], seen[p.Sequence] = p.Sequence, true
	}
	require.Len(t, last, 4)
}

func TestDeletedWebhookLeavesNoPlace(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, nil)
	w.user("ada")
	s.next(t)
	w.deliveries(r, hook.ID, 1)
	w.do(commands.DeleteWebhook{ID: hook.ID})
	w.until("the place is forgotten", func() bool {
		ids, err := r.places.hooks(t.Context())
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

// TestOnAtOnceAfterACrash has somebody who held the webhook's place when the server ended, with events under way.
func TestOnAtOnceAfterACrash(t *testing.T) {
	w := newWorld(t)
	r, stop := w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, nil)
	w.user("ada")
	s.next(t)
	w.deliveries(r, hook.ID, 1)
	stop()
	p, revision, err := r.places.load(t.Context(), hook.ID)
	require.NoError(t, err)
	require.Empty(t, p.Holder, "who stops says so")
	p.Holder = "another-run-of-the-server/1"
	_, err = r.places.store(t.Context(), hook.ID, p, revision)
	require.NoError(t, err)
	w.user("bob")
	start := time.Now()
	w.react(allowed())
	require.Equal(t, "UserCreated bob", s.next(t).about(t))
	require.Less(t, time.Since(start), lapseAfter, "nobody is waited for")
	s.requireQuiet(t)
}

// TestWhatTheFeedHasDroppedIsSent from the log, and how far the webhook is can be seen meanwhile.
func TestWhatTheFeedHasDroppedIsSent(t *testing.T) {
	w := newWorld(t)
	r, stop := w.react(allowed())
	s := newSink(t)
	hook := w.hook(s, func(e *events.WebhookCreated) { e.Types = []string{"UserCreated"} })
	stop()
	ada, bob := w.user("ada"), w.user("bob")
	require.NoError(t, w.feed.Wait(t.Context(), bob.Version))
	stream, err := w.Engine.JetStream().Stream(t.Context(), feed.Stream)
	require.NoError(t, err)
	require.NoError(t, stream.Purge(t.Context(), jetstream.WithPurgeSequence(bob.Version)))
	p, err := r.Progress(t.Context(), hook)
	require.NoError(t, err)
	require.Equal(t, Progress{Position: p.Position, Behind: bob.Version - p.Position, OldestAt: ada.CreatedAt}, p)
	r, _ = w.react(allowed())
	require.ElementsMatch(t, []string{"UserCreated ada", "UserCreated bob"}, s.abouts(t, 2))
	w.until("all is sent", func() bool {
		p, err = r.Progress(t.Context(), hook)
		require.NoError(t, err)
		return p.OldestAt.IsZero() && r.Lag() == 0
	})
}
