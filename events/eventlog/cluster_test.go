//go:build cluster

package eventlog_test

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// startCluster runs three servers in this process and returns a connection to each. Run it with -tags cluster.
func startCluster(t *testing.T) (engines []*engine.Engine, servers []*server.Server) {
	t.Helper()
	dir, ports := t.TempDir(), freePorts(t, 3)
	routes := fmt.Sprintf("nats://127.0.0.1:%d,nats://127.0.0.1:%d,nats://127.0.0.1:%d", ports[0], ports[1], ports[2])
	for i, port := range ports {
		srv, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
			JetStream: true, StoreDir: filepath.Join(dir, fmt.Sprint(i)), Routes: server.RoutesFromStr(routes),
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: port},
		})
		require.NoError(t, err)
		srv.Start()
		t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
		servers = append(servers, srv)
	}
	require.Eventually(t, func() bool {
		peers, healthy := 0, 0
		for _, srv := range servers {
			peers = max(peers, len(srv.JetStreamClusterPeers())) // known to the leader only
			if srv.Healthz(nil).Status == "ok" {
				healthy++
			}
		}
		return peers == 3 && healthy == 3
	}, 30*time.Second, 50*time.Millisecond)
	var urls []string
	for _, srv := range servers {
		urls = append(urls, srv.ClientURL())
	}
	for i := range servers {
		// Each prefers another server and knows the rest.
		list := strings.Join(slices.Concat(urls[i:], urls[:i]), ",")
		e, err := engine.Connect(t.Context(), list, nil, nats.DontRandomize())
		require.NoError(t, err)
		t.Cleanup(e.Conn().Close)
		engines = append(engines, e)
	}
	return engines, servers
}

func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// TestCluster lets three instances append to a replicated Log, alone and in batches, while its leader changes twice and goes
// away once. Every command must be in the Log exactly once, and every follower must see the same.
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
			require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(appended) >= at }, time.Minute, time.Millisecond)
			leader := leaderOf(servers)
			if leader == nil {
				continue
			}
			if at == 3*each {
				leader.Shutdown()
			} else {
				_ = leader.JetStreamStepdownStream(server.DEFAULT_GLOBAL_ACCOUNT, eventlog.Stream)
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

func leaderOf(servers []*server.Server) *server.Server {
	for _, srv := range servers {
		if srv.Running() && srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, eventlog.Stream) {
			return srv
		}
	}
	return nil
}
