// Package cluster gives tests a JetStream cluster of three real servers, of which they may take one away and bring it
// back.
//
// It promises that a cluster that was started is whole: every server is up, and each has all that the others have. Its
// one invariant is that a server keeps its address as long as the test runs, and its store unless the test takes that
// away.
//
// # Why
//
// Why the servers of [Start] run in the test's process: they start in half a second, and any test may have them. Those
// of [StartLinked] are processes of their own, because only a process can be killed or stand still; the test's binary
// runs them, so its TestMain calls [Main] first.
package cluster

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// Size is how many servers a cluster has.
const Size = 3

// Cluster is three servers.
type Cluster struct {
	t        testing.TB
	plans    [Size]plan
	servers  [Size]machine
	separate bool              // each server is a process
	routes   [Size][Size]*Link // from the first to the second server; nil where they meet directly
	doors    [Size][Size]*Link // to the second server, of clients that prefer the first; nil likewise
}

// Start runs a cluster until the test ends.
func Start(t testing.TB) *Cluster { return start(t, false) }

// StartLinked runs a cluster of which every server is a process, and every way, between servers and from clients to
// them, a [Link].
func StartLinked(t testing.TB) *Cluster { return start(t, true) }

func start(t testing.TB, linked bool) *Cluster {
	t.Helper()
	c := &Cluster{t: t, separate: linked}
	dir, ports := t.TempDir(), freePorts(t, 3*Size)
	for i := range Size {
		routes := make([]string, Size)
		for j := range routes {
			routes[j] = fmt.Sprintf("nats://127.0.0.1:%d", ports[j])
			if linked && i != j {
				c.routes[i][j] = NewLink(t, routes[j][len("nats://"):])
				routes[j] = "nats://" + c.routes[i][j].Addr()
			}
			if linked {
				c.doors[j][i] = NewLink(t, fmt.Sprintf("127.0.0.1:%d", ports[Size+i]))
			}
		}
		c.plans[i] = plan{Name: fmt.Sprintf("n%d", i), Port: ports[Size+i], Watch: ports[2*Size+i], Route: ports[i],
			Store: filepath.Join(dir, fmt.Sprint(i)), Routes: strings.Join(routes, ","), Linked: linked}
		c.up(i)
	}
	t.Cleanup(func() {
		for i := range Size {
			c.servers[i].kill()
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
		urls[i] = c.plans[n].url()
		if door := c.doors[preferred][n]; door != nil {
			urls[i] = "nats://" + door.Addr()
		}
	}
	return strings.Join(urls, ",")
}

func (c *Cluster) up(i int) {
	c.t.Helper()
	c.servers[i] = c.plans[i].start(c.t, c.separate)
}

// Down takes a server away, which ends in good order.
func (c *Cluster) Down(i int) { c.servers[i].stop() }

// Kill takes a server away at once. One that runs in the test's process ends in good order.
func (c *Cluster) Kill(i int) { c.servers[i].kill() }

// Pause has a server stand still, and Resume go on. It must be a process.
func (c *Cluster) Pause(i int) { require.NoError(c.t, c.servers[i].pause()) }

// Resume ends a Pause.
func (c *Cluster) Resume(i int) { require.NoError(c.t, c.servers[i].resume()) }

// Wipe takes away what a server stores, which must be away itself.
func (c *Cluster) Wipe(i int) { require.NoError(c.t, os.RemoveAll(c.plans[i].Store)) }

// Up brings it back, and returns when the cluster is whole again.
func (c *Cluster) Up(i int) {
	c.t.Helper()
	c.up(i)
	c.settle()
}

// settle waits until every server is healthy, which a server is when it has caught up with all its streams, and has a
// way to each of the others: that is not needed for its health, but would be when the third one is cut off.
func (c *Cluster) settle() {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		for i := range Size {
			if !c.watch(i, "/healthz", nil) || c.met(i) != Size-1 {
				return false
			}
		}
		return c.members() == Size
	}, time.Minute, 50*time.Millisecond)
}

// met returns to how many others a server has a route.
func (c *Cluster) met(i int) int {
	var answer struct {
		Routes []struct {
			Remote string `json:"remote_name"`
		} `json:"routes"`
	}
	c.watch(i, "/routez", &answer)
	names := map[string]bool{}
	for _, r := range answer.Routes {
		names[r.Remote] = true
	}
	return len(names)
}

// members returns how many servers follow the leader of the cluster, that one included.
func (c *Cluster) members() (count int) {
	for i := range Size {
		var answer struct {
			Meta struct {
				Replicas []struct {
					Current bool `json:"current"`
				} `json:"replicas"` // known to the leader only
			} `json:"meta_cluster"`
		}
		if !c.watch(i, "/jsz", &answer) {
			continue
		}
		current := 1
		for _, r := range answer.Meta.Replicas {
			if r.Current {
				current++
			}
		}
		count = max(count, current)
	}
	return count
}

// watch asks a server how it is, and reports whether it is well.
func (c *Cluster) watch(i int, path string, answer any) bool {
	client := http.Client{Timeout: time.Second}
	got, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d%s", c.plans[i].Watch, path))
	if err != nil {
		return false
	}
	defer func() { _ = got.Body.Close() }()
	if got.StatusCode != http.StatusOK {
		return false
	}
	return answer == nil || json.NewDecoder(got.Body).Decode(answer) == nil
}

// Doors returns the ways to the servers of clients that prefer that one, by server.
func (c *Cluster) Doors(preferred int) [Size]*Link { return c.doors[preferred] }

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
		for j := range Size {
			c.doors[i][j].Heal()
			if j != i {
				c.routes[i][j].Heal()
			}
		}
	}
}

// Settle waits until every server is healthy.
func (c *Cluster) Settle() { c.settle() }

// led is what a server tells of a stream.
type led struct {
	Name    string `json:"name"`
	Cluster struct {
		Leader string `json:"leader"`
	} `json:"cluster"`
	Consumers []led `json:"consumer_detail"`
}

// led returns what a server knows about the stream, and about those of its consumers that live there.
func (c *Cluster) led(i int, stream string) (found led) {
	var answer struct {
		Accounts []struct {
			Streams []led `json:"stream_detail"`
		} `json:"account_details"`
	}
	c.watch(i, "/jsz?accounts=true&streams=true&consumers=true", &answer)
	for _, account := range answer.Accounts {
		for _, s := range account.Streams {
			if s.Name == stream {
				return s
			}
		}
	}
	return led{}
}

// Leader returns which server leads the stream, -1 when none does, or when those that are there do not agree yet: one
// that was cut off holds itself for the leader for a while.
func (c *Cluster) Leader(stream string) int {
	leader, named := -1, ""
	for i := range Size {
		name := c.led(i, stream).Cluster.Leader
		switch {
		case name == "":
			continue
		case named != "" && name != named:
			return -1
		case name == c.plans[i].Name:
			leader = i
		}
		named = name
	}
	return leader
}

// Consumers returns how many of the stream's consumers each server leads.
func (c *Cluster) Consumers(stream string) (counts [Size]int) {
	for i := range Size {
		for _, consumer := range c.led(i, stream).Consumers {
			if consumer.Cluster.Leader == c.plans[i].Name {
				counts[i]++
			}
		}
	}
	return counts
}

// StepDown has another server lead the stream.
func (c *Cluster) StepDown(stream string) {
	i := c.Leader(stream)
	if i < 0 {
		return
	}
	conn, err := nats.Connect(c.plans[i].url())
	require.NoError(c.t, err)
	defer conn.Close()
	_, _ = conn.Request("$JS.API.STREAM.LEADER.STEPDOWN."+stream, nil, 5*time.Second) // it may just have lost the lead
}
