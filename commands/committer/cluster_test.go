//go:build cluster

package committer_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/cluster"
)

// BenchmarkInstances has three instances on a cluster of three servers create users from several callers each, and
// reports how many of the commands were refused because others were faster, and the share of the instance that got
// least.
func BenchmarkInstances(b *testing.B) {
	for _, callers := range []int{1, 4, 32} {
		b.Run(fmt.Sprintf("%d callers each", callers), func(b *testing.B) { benchInstances(b, callers) })
	}
}

func benchInstances(b *testing.B, callers int) {
	instances := fleet(b)
	var next, refused atomic.Int64
	var made [cluster.Size]atomic.Int64
	took := make([]time.Duration, b.N)
	var all sync.WaitGroup
	b.ResetTimer()
	for i, in := range instances {
		for range callers {
			all.Go(func() {
				for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
					start := time.Now()
					_, err := in.handler.Do(b.Context(), commands.Service(), create(fmt.Sprintf("user%d", n)))
					took[n-1] = time.Since(start)
					var refusal *commands.Refusal
					switch {
					case err == nil:
						made[i].Add(1)
					case errors.As(err, &refusal) && refusal.Kind == commands.Busy:
						refused.Add(1)
					default:
						b.Errorf("neither made nor refused: %v", err)
					}
				}
			})
		}
	}
	all.Wait()
	b.StopTimer()
	slices.Sort(took)
	for _, p := range []float64{50, 99, 100} {
		b.ReportMetric(float64(took[int(float64(b.N-1)*p/100)].Microseconds())/1000, fmt.Sprintf("ms-p%v", p))
	}
	counts := []int64{made[0].Load(), made[1].Load(), made[2].Load()}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(100*float64(refused.Load())/float64(b.N), "%refused")
	b.ReportMetric(100*float64(slices.Min(counts))/float64(b.N), "%least")
}

// fleet is an instance for each server of a cluster, which prefers that server.
func fleet(t testing.TB) (instances []instance) {
	t.Helper()
	servers, master := cluster.Start(t), seal.Generate()
	for i := range cluster.Size {
		e, err := engine.Connect(t.Context(), servers.URLs(i), nil, nats.DontRandomize())
		require.NoError(t, err)
		t.Cleanup(e.Conn().Close)
		log, err := eventlog.Open(t.Context(), eventlog.Options{Engine: e, Master: master})
		require.NoError(t, err)
		t.Cleanup(log.Close)
		instances = append(instances, start(t, log, committer.Options{}))
	}
	return instances
}
