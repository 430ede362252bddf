//go:build cluster

package eventlog_test

import (
	"sync"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/testing/cluster"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// startCluster returns the servers of a cluster and a connection for each, which prefers that server and knows the
// rest. Run it with -tags cluster.
func startCluster(t *testing.T) (engines []*engine.Engine, servers *cluster.Cluster) {
	t.Helper()
	servers = cluster.Start(t)
	for i := range cluster.Size {
		e, err := engine.Connect(t.Context(), servers.URLs(i), nil, nats.DontRandomize())
		require.NoError(t, err)
		t.Cleanup(e.Conn().Close)
		engines = append(engines, e)
	}
	return engines, servers
}

// TestCluster lets three instances append to a replicated Log, alone and in batches, while its leader changes twice and
// goes away once. Every command must be in the Log exactly once, and every follower must see the same.
func TestCluster(t *testing.T) {
	const each = 150
	engines, servers := startCluster(t)
	master := seal.Generate()
	var logs []*eventlog.Log
	for _, e := range engines {
		log, err := open(t, e, master)
		require.NoError(t, err)
		logs = append(logs, log)
	}
	require.Equal(t, 2, logs[0].GroupFrom())

	var mu sync.Mutex
	var appended []uuid.UUID
	var work sync.WaitGroup
	for i, log := range logs {
		work.Go(func() {
			head := events.Head{}
			for range each {
				records := appendUntilDone(t, log, &head, create(1+i))
				mu.Lock()
				appended = append(appended, fields(records, func(r events.Record) uuid.UUID { return r.ID })...)
				mu.Unlock()
			}
		})
	}
	work.Go(func() {
		for _, at := range []int{each, 2 * each, 3 * each} {
			require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(appended) >= at }, time.Minute,
				time.Millisecond)
			leader := servers.Leader(eventlog.Stream)
			if at < 3*each {
				servers.StepDown(eventlog.Stream)
			} else if leader >= 0 {
				servers.Down(leader)
			}
		}
	})
	work.Wait()
	want := logs[0]
	all := follow(t, want, events.Head{}, uint64(len(appended)))
	require.ElementsMatch(t, appended, fields(all, func(r events.Record) uuid.UUID { return r.ID }))
	for _, log := range logs[1:] {
		require.Equal(t, all, follow(t, log, events.Head{}, uint64(len(appended))))
	}
	require.NoError(t, logs[1].Destroy(t.Context(), all[0].Key))
	require.NoError(t, logs[2].Destroy(t.Context(), all[0].Key))
	require.True(t, follow(t, logs[2], events.Head{}, 1)[0].Erased)
}
