package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/events/engine"
	"accountd/http/native"
	"accountd/http/rest"
)

// BenchmarkCreate creates users over HTTP and in process, each durable before its answer, with 1, 4 and 128 callers,
// beside bare guarded publishes of the same size to a stream that is synced as often.
func BenchmarkCreate(b *testing.B) {
	for _, callers := range []int{1, 4, 128} {
		b.Run(fmt.Sprintf("accountd/callers=%d", callers), func(b *testing.B) {
			h, token := synced(b)
			url, client := server(b, h)
			var n atomic.Int64
			each(b, callers, func() {
				body, err := json.Marshal(map[string]string{"email": fmt.Sprintf("user%d@example.org", n.Add(1)),
					"first_name": "Ada", "last_name": "Lovelace"})
				require.NoError(b, err)
				r, err := http.NewRequest(http.MethodPost, url+"/v1/users", bytes.NewReader(body))
				require.NoError(b, err)
				r.Header.Set("Authorization", "Bearer "+token)
				r.Header.Set("Content-Type", "application/json")
				answer, err := client.Do(r)
				require.NoError(b, err)
				_, _ = io.Copy(io.Discard, answer.Body)
				require.NoError(b, answer.Body.Close())
				require.Equal(b, http.StatusCreated, answer.StatusCode)
			})
		})
		b.Run(fmt.Sprintf("in-process/callers=%d", callers), func(b *testing.B) {
			w := newWriter(b, callers)
			each(b, callers, func() { w.createOne(b) })
		})
		b.Run(fmt.Sprintf("bare/callers=%d", callers), func(b *testing.B) { bare(b, callers) })
	}
}

// each runs the call from so many goroutines until the benchmark ends, and reports calls per second and the median.
func each(b *testing.B, callers int, call func()) {
	var all sync.WaitGroup
	var left atomic.Int64
	var l laps
	left.Store(int64(b.N))
	b.ResetTimer()
	start := time.Now()
	for range callers {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				began := time.Now()
				call()
				l.add(time.Since(began))
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "calls/s")
	l.report(b)
}

// synced is the native API on an embedded server that syncs every write, with an administrator's token.
func synced(b *testing.B) (http.Handler, string) {
	w := newWriter(b, 1)
	token, hash := secrets.Token("acct_")
	_, err := w.handler.Do(context.Background(), commands.Service(),
		commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: "admin",
			Email: "admin@example.com", Active: true, SuperAdmin: true,
			APIKeys: []events.APIKey{{ID: uuid.New(), Kind: "native", Hash: events.Secret(hash)}}}})
	require.NoError(b, err)
	h := native.New(rest.Service{Handler: w.handler, View: w.view, Hasher: password.New(password.Options{})},
		native.Options{})
	return withInfo(h), token
}

func bare(b *testing.B, callers int) {
	ctx := context.Background()
	e, err := engine.Start(ctx, engine.Options{StoreDir: b.TempDir(), SyncAlways: true})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, e.Close(ctx)) })
	js := e.JetStream()
	_, err = js.CreateStream(ctx, jetstream.StreamConfig{Name: "BARE", Subjects: []string{"bare.>"},
		Storage: jetstream.FileStorage})
	require.NoError(b, err)
	payload := bytes.Repeat([]byte("x"), 700)
	var mu sync.Mutex // a guard on the last sequence lets one publish at a time through
	var last uint64
	each(b, callers, func() {
		subject := "bare." + uuid.NewString()
		mu.Lock()
		defer mu.Unlock()
		ack, err := js.Publish(ctx, subject, payload, jetstream.WithExpectLastSequence(last))
		require.NoError(b, err)
		last = ack.Sequence
	})
}
