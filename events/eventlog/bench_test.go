package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/testlog"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// replayed is the number of records in the replay benchmark, each of its own user.
const replayed = 200_000

// BenchmarkReplay reads the same stream in turn with a bare ordered consumer of nats.go and with Follow, which
// verifies, opens and decodes. The budget is a ratio of at least 0.7.
func BenchmarkReplay(b *testing.B) {
	env := testlog.Start(b)
	head := events.Head{}
	for range replayed / eventlog.MaxBatch {
		records, err := env.Log.Append(b.Context(), head, users(eventlog.MaxBatch))
		require.NoError(b, err)
		head = records[len(records)-1].Head()
	}
	var bare, follow time.Duration
	for b.Loop() {
		start := time.Now()
		readBare(b, env.Engine)
		bare += time.Since(start)
		start = time.Now()
		readFollow(b, env.Log)
		follow += time.Since(start)
	}
	b.ReportMetric(float64(b.N)*replayed/bare.Seconds(), "bare-msgs/s")
	b.ReportMetric(float64(b.N)*replayed/follow.Seconds(), "follow-msgs/s")
	b.ReportMetric(bare.Seconds()/follow.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}

func readBare(b *testing.B, e *engine.Engine) {
	consumer, err := e.JetStream().OrderedConsumer(b.Context(), eventlog.Stream, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverAllPolicy,
	})
	require.NoError(b, err)
	n, done := 0, make(chan struct{})
	consume, err := consumer.Consume(func(jetstream.Msg) {
		if n++; n == replayed {
			close(done)
		}
	}, jetstream.PullMaxMessages(5000))
	require.NoError(b, err)
	<-done
	consume.Stop()
}

func readFollow(b *testing.B, log *eventlog.Log) {
	enough := errors.New("enough")
	n := 0
	err := log.Follow(b.Context(), events.Head{}, func(records []events.Record) error {
		if n += len(records); n >= replayed {
			return enough
		}
		return nil
	})
	require.ErrorIs(b, err, enough)
}

// BenchmarkAppend appends commands of one event, fsynced, alone and in groups as the committer makes them, beside a
// bare guarded publish of as many bytes.
func BenchmarkAppend(b *testing.B) {
	for _, group := range []int{1, 16, 128} {
		b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
			log := openDurable(b)
			head, n := events.Head{}, 0
			for b.Loop() {
				records, err := log.Append(b.Context(), head, users(group))
				require.NoError(b, err)
				head, n = records[len(records)-1].Head(), n+group
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
	b.Run("bare", func(b *testing.B) {
		e := startDurable(b)
		_, err := e.JetStream().CreateStream(b.Context(),
			jetstream.StreamConfig{Name: "BARE", Subjects: []string{"bare.>"}})
		require.NoError(b, err)
		payload, n := make([]byte, 900), uint64(0)
		for b.Loop() {
			ack, err := e.JetStream().Publish(b.Context(), "bare.x", payload, jetstream.WithExpectLastSequence(n))
			require.NoError(b, err)
			n = ack.Sequence
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
	})
}

func startDurable(b *testing.B) *engine.Engine {
	e, err := engine.Start(b.Context(), engine.Options{StoreDir: b.TempDir(), SyncAlways: true})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, e.Close(context.Background())) })
	return e
}

func openDurable(b *testing.B) *eventlog.Log {
	log, err := eventlog.Open(b.Context(), eventlog.Options{Engine: startDurable(b), Master: seal.Generate()})
	require.NoError(b, err)
	b.Cleanup(log.Close)
	return log
}

// users returns so many commands that each create a user.
func users(n int) []eventlog.Entry {
	entries := make([]eventlog.Entry, n)
	for i := range entries {
		entries[i] = eventlog.Entry{
			Command: uuid.New(),
			Cause: events.Cause{
				Actor: "01890a5d-ac96-774b-bcce-b302099a8057", Credential: "api-key:9f1c2d3e", Dialect: "native",
				RequestID: uuid.NewString(),
			},
			Drafts: []events.Draft{{Aggregate: events.User(uuid.New()), Event: newUser(int64(i) + 1)}},
		}
	}
	return entries
}

// newUser returns a creation of about 400 bytes of JSON.
func newUser(number int64) events.UserCreated {
	return events.UserCreated{
		Number: number, Username: fmt.Sprintf("maria.gonzalez-%d", number), Email: fmt.Sprintf("maria-%d@example.com",
			number),
		FirstName: "María", LastName: "González", Phone: "+420777123456", Active: true, State: "created",
		ExternalID: fmt.Sprintf("crm-%d", number), Language: "es", Timezone: "Europe/Madrid", Comment: "imported",
		PasswordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$qkTnGGBVRUCbrXhkYpWXQ1pBbUpZ0lqOTn3vJ8x5uAM",
	}
}
