// Package cluster gives tests a JetStream cluster of three real servers, of which they may take one away and bring it back.
//
// It promises that a cluster that was started is whole: every server is up, and each has all that the others have. Its one
// invariant is that a server keeps its address and its store as long as the test runs.
//
// # Why
//
// Why the servers run in the test's process: they start in half a second, and a test can ask them who leads.
package cluster

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"
)

// Size is how many servers a cluster has.
const Size = 3

// Cluster is three servers.
type Cluster struct {
	t       testing.TB
	options [Size]server.Options
	servers [Size]*server.Server
	routes  [Size][Size]*Link // from the first to the second server; nil where they meet directly
	doors   [Size]*Link       // from the clients to each server; nil likewise
}

// Start runs a cluster until the test ends.
func Start(t testing.TB) *Cluster { return start(t, false) }

// StartLinked runs a cluster of which every way, between servers and from clients to them, is a [Link].
func StartLinked(t testing.TB) *Cluster { return start(t, true) }

func start(t testing.TB, linked bool) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	dir, ports := t.TempDir(), freePorts(t, 2*Size)
	for i := range Size {
		routes := make([]string, Size)
		for j := range routes {
			routes[j] = fmt.Sprintf("nats://127.0.0.1:%d", ports[j])
			if linked && i != j {
				c.routes[i][j] = NewLink(t, routes[j][len("nats://"):])
				routes[j] = "nats://" + c.routes[i][j].Addr()
			}
		}
		if linked {
			c.doors[i] = NewLink(t, fmt.Sprintf("127.0.0.1:%d", ports[Size+i]))
		}
		c.options[i] = server.Options{ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: ports[Size+i], NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: filepath.Join(dir, fmt.Sprint(i)), Routes: server.RoutesFromStr(strings.Join(routes, ",")),
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]}}
		if linked { // nobody may tell of a way that is none of the links
			c.options[i].Cluster.NoAdvertise, c.options[i].Cluster.PoolSize = true, -1
		}
		c.up(i)
	}
	t.Cleanup(func() {
		for i := range Size {
			c.Down(i)
		}
	})
	c.settle()
	return c
}

func freePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// URLs returns the servers' addresses, separated by commas, the preferred one's first.
func (c *Cluster) URLs(preferred int) string {
	urls := make([]string, Size)
	for i := range urls {
		n := (preferred + i) % Size
		urls[i] = fmt.Sprintf("nats://127.0.0.1:%d", c.options[n].Port)
		if c.doors[n] != nil {
			urls[i] = "nats://" + c.doors[n].Addr()
		}
	}
	return strings.Join(urls, ",")
}

func (c *Cluster) up(i int) {
	c.t.Helper()
	o := c.options[i] // a server writes into its options
	s, err := server.NewServer(&o)
	require.NoError(c.t, err)
	s.Start()
	c.servers[i] = s
}

// Down takes a server away.
func (c *Cluster) Down(i int) {
	c.servers[i].Shutdown()
	c.servers[i].WaitForShutdown()
}

// Up brings it back, and returns when the cluster is whole again.
func (c *Cluster) Up(i int) {
	c.t.Helper()
	c.up(i)
	c.settle()
}

// settle waits until every server is healthy, which a server is when it has caught up with all its streams.
func (c *Cluster) settle() {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		peers := 0
		for _, s := range c.servers {
			peers = max(peers, len(s.JetStreamClusterPeers())) // known to the leader only
			if s.Healthz(nil).Status != "ok" {
				return false
			}
		}
		return peers == Size
	}, time.Minute, 50*time.Millisecond)
}

// Door returns the way from clients to the server.
func (c *Cluster) Door(i int) *Link { return c.doors[i] }

// Part lets nothing from the first server reach the second one, and nobody is told.
func (c *Cluster) Part(from, to int) {
	c.routes[from][to].stop(there)
	c.routes[to][from].stop(back)
}

// Delay has everything between the server and the others take so much longer in each direction.
func (c *Cluster) Delay(i int, d time.Duration) {
	for j := range Size {
		if j != i {
			c.routes[i][j].Delay(d)
			c.routes[j][i].Delay(d)
		}
	}
}

// Heal ends what was done to all ways.
func (c *Cluster) Heal() {
	for i := range Size {
		c.doors[i].Heal()
		for j := range Size {
			if j != i {
				c.routes[i][j].Heal()
			}
		}
	}
}

// Settle waits until every server is healthy.
func (c *Cluster) Settle() { c.settle() }

// Leader returns which server leads the stream, -1 when none does.
func (c *Cluster) Leader(stream string) int {
	for i, s := range c.servers {
		if s.Running() && s.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream) {
			return i
		}
	}
	return -1
}

// StepDown has another server lead the stream.
func (c *Cluster) StepDown(stream string) {
	if i := c.Leader(stream); i >= 0 {
		_ = c.servers[i].JetStreamStepdownStream(server.DEFAULT_GLOBAL_ACCOUNT, stream) // it may just have lost the lead
	}
}
