package webhook

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

// BenchmarkSlowReceiver sends what happens to users to an address that takes 20 ms for each event, and reports how many
// it gets in a second. An operation is one event. Those of one user are sent one after another, as once all events
// were.
func BenchmarkSlowReceiver(b *testing.B) {
	for _, count := range []int{1, 100} {
		b.Run(fmt.Sprintf("users=%d", count), func(b *testing.B) { slowReceiver(b, count) })
	}
}

func slowReceiver(b *testing.B, count int) {
	w := newWorld(b)
	w.user("admin") // the first one is protected
	users := make([]*commands.User, count)
	for i := range users {
		users[i] = w.user(fmt.Sprintf("user%d", i))
	}
	var got atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-time.After(20 * time.Millisecond)
		got.Add(1)
	}))
	defer s.Close()
	id := uuid.New()
	w.do(commands.CreateWebhook{ID: id, Webhook: events.WebhookCreated{URL: s.URL, Secret: NewSecret(),
		Types: []string{"UserEnabled", "UserDisabled"}}, Plain: true})
	for i := range b.N {
		w.do(commands.UpdateUser{ID: users[i%len(users)].ID, Active: new(i/len(users)%2 == 0)})
	}
	b.ResetTimer()
	w.react(allowed())
	start := time.Now()
	require.Eventually(b, func() bool { return got.Load() >= int64(b.N) }, time.Minute, time.Millisecond)
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "events/s")
}
