//go:build cluster

package integration

import (
	"flag"
	"os"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/cluster"
)

var (
	// faultRounds is how often each fault is tried; a nightly run may want 20.
	faultRounds = flag.Int("fault-rounds", 1, "how often TestClusterFaults tries each fault")
	// faultOnly picks some of the faults.
	faultOnly = flag.String("fault-only", "",
		`which faults TestClusterFaults tries, as a regular expression for "node: fault"`)
)

const (
	// faultLasts is how long a fault lasts at least.
	faultLasts = 5 * time.Second
	// cutLasts is that of a fault that keeps an instance from writing: so long that it must say so.
	cutLasts = 9 * time.Second
	// deafLeads is how long a leader that hears nobody, and is heard, may go on leading and storing nothing: it looks
	// every ten seconds whether it has heard of anybody for ten seconds. The election comes after that. That of the log
	// is asked to go long before, also from what else it leads, and mostly goes; who leads other streams alone is not
	// asked.
	deafLeads = 35 * time.Second
	// away is how much longer everything takes to a node that is far.
	away = 200 * time.Millisecond
)

// stage is what faults happen to.
type stage struct {
	t       *testing.T
	servers *cluster.Cluster
	fleet   *fleet
}

// fault is something that happens to one node, which has that number.
type fault struct {
	name string
	do   func(s *stage, node int)
	undo func(s *stage, node int)
	cuts bool // an instance cannot write until it is undone
	// excused is how long nobody may write whatever the service does: the engine's own time.
	excused time.Duration
}

// others calls f with the servers beside that one.
func others(server int, f func(other int)) {
	for i := range cluster.Size {
		if i != server {
			f(i)
		}
	}
}

// ofDoors does something to every way of an instance to a server.
func ofDoors(f func(l *cluster.Link)) func(s *stage, instance int) {
	return func(s *stage, instance int) {
		for _, l := range s.servers.Doors(instance) {
			f(l)
		}
	}
}

// ofServer does something to a server's ways.
func ofServer(clients func(l *cluster.Link), routes func(c *cluster.Cluster, server, other int)) func(s *stage,
	server int) {
	return func(s *stage, server int) {
		if clients != nil {
			for i := range cluster.Size {
				clients(s.servers.Doors(i)[server])
			}
		}
		if routes != nil {
			others(server, func(other int) { routes(s.servers, server, other) })
		}
	}
}

func heal(s *stage, _ int) { s.servers.Heal() }

func upServer(s *stage, server int) { s.servers.Up(server) }

func farther(l *cluster.Link) { l.Delay(away) }

func unheard(c *cluster.Cluster, server, other int) { c.Part(server, other) }
func deaf(c *cluster.Cluster, server, other int)    { c.Part(other, server) }
func parted(c *cluster.Cluster, server, other int)  { unheard(c, server, other); deaf(c, server, other) }

// serverFaults happen to a server.
var serverFaults = []fault{
	{name: "killed", do: func(s *stage, n int) { s.servers.Kill(n) }, undo: upServer},
	{name: "restarted", do: func(s *stage, n int) { s.servers.Down(n) }, undo: upServer},
	{name: "paused", do: func(s *stage, n int) { s.servers.Pause(n) },
		undo: func(s *stage, n int) { s.servers.Resume(n) }},
	{name: "disk lost", do: func(s *stage, n int) { s.servers.Kill(n); s.servers.Wipe(n) }, undo: upServer},
	{name: "parted both ways", do: ofServer(nil, parted), undo: heal},
	{name: "unheard", do: ofServer(nil, unheard), undo: heal},
	{name: "deaf", do: ofServer(nil, deaf), undo: heal, excused: deafLeads},
	{name: "half-open to clients", do: ofServer((*cluster.Link).Stop, nil), undo: heal},
	{name: "200 ms away", do: func(s *stage, n int) { ofServer(farther, nil)(s, n); s.servers.Delay(n, away) },
		undo: heal},
}

// instanceFaults happen to an instance of the service.
var instanceFaults = []fault{
	{name: "killed", cuts: true, do: func(s *stage, n int) { s.fleet.instance(n).kill(s.t) }, undo: upInstance},
	{name: "restarted", cuts: true, do: func(s *stage,
		n int) {
		s.fleet.signal(s.t, n, syscall.SIGTERM)
		<-s.fleet.instance(n).ended
	}, undo: upInstance},
	{name: "paused", cuts: true, do: func(s *stage, n int) { s.fleet.signal(s.t, n, syscall.SIGSTOP) },
		undo: func(s *stage, n int) { s.fleet.signal(s.t, n, syscall.SIGCONT) }},
	{name: "disk lost", cuts: true, do: func(s *stage, n int) {
		s.fleet.instance(n).kill(s.t)
		require.NoError(s.t, os.RemoveAll(s.fleet.data[n]))
	}, undo: upInstance},
	{name: "parted both ways", cuts: true, do: ofDoors((*cluster.Link).Stop), undo: heal},
	{name: "unheard", cuts: true, do: ofDoors((*cluster.Link).Mute), undo: heal},
	{name: "deaf", cuts: true, do: ofDoors((*cluster.Link).Deafen), undo: heal},
	{name: "half-open to its server", do: func(s *stage, n int) { s.servers.Doors(n)[n].Stop() }, undo: heal},
	{name: "200 ms away", do: ofDoors(farther), undo: heal},
}

func upInstance(s *stage, n int) { s.fleet.startOne(s.t, s.servers, n) }

// node is a kind of node.
type node struct {
	name     string
	instance bool
	pick     func(s *stage, turn int) int
	faults   []fault
}

// nodes are the kinds of nodes that faults happen to. The places of consumers and leads are where the engine puts them,
// so they are looked up each time.
var nodes = []node{
	{name: "leader", faults: serverFaults, pick: func(s *stage, _ int) int { return s.leader() }},
	{name: "follower", faults: serverFaults, pick: func(s *stage, turn int) int {
		return (s.leader() + 1 + turn%(cluster.Size-1)) % cluster.Size
	}},
	{name: "consumers' server", faults: serverFaults, pick: func(s *stage, _ int) (most int) {
		counts := s.servers.Consumers("ACCOUNTS")
		for i, count := range counts {
			if count > counts[most] {
				most = i
			}
		}
		require.Positive(s.t, counts[most], "no server has a consumer")
		return most
	}},
	{name: "instance", instance: true, faults: instanceFaults,
		pick: func(_ *stage, turn int) int { return turn % cluster.Size }},
}

func (s *stage) leader() (leader int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { leader = s.servers.Leader("ACCOUNTS"); return leader >= 0 }, time.Minute,
		50*time.Millisecond)
	return leader
}

// TestClusterFaults has three instances write while something happens to a node, again and again. What was acknowledged
// is in every instance once, nothing is refused that must not be, every instance that can reach a majority writes again
// in time, and says that it cannot while it cannot; and at the end the feed and a webhook have told of everything, in
// order.
func TestClusterFaults(t *testing.T) {
	only := regexp.MustCompile(*faultOnly)
	s, hook := &stage{t: t, servers: cluster.StartLinked(t)}, listenToAll(t)
	s.fleet = startFleet(t, s.servers, "--webhook-allow-private")
	must(t, s.fleet.instance(0), "POST", "/v1/webhooks", map[string]any{"url": hook.url}, nil)
	load := startLoad(t, s.fleet)
	var all []*tally
	for round := range *faultRounds {
		i := 0
		for _, n := range nodes {
			for turn, f := range n.faults {
				name := n.name + ": " + f.name
				if !only.MatchString(name) {
					continue
				}
				if round == 0 {
					all = append(all, &tally{name: name})
				}
				load.during(s, all[i], n, f, n.pick(s, turn+round))
				i++
			}
		}
	}
	made := load.end()
	s.fleet.requireOneHistory(t)
	s.fleet.count(t, made, all)
	requireFeed(t, s.servers.URLs(0))
	hook.requireAll(t, s.fleet)
	for _, line := range table(all) {
		t.Log(line)
	}
	for _, w := range all {
		require.Zero(t, w.refused+w.lost+w.twice+w.late+w.silent, w.name)
	}
}
