//go:build cluster

package integration

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/testing/cluster"
)

// faultRounds is how often each fault is tried; a nightly run may want 20.
var faultRounds = flag.Int("fault-rounds", 1, "how often TestClusterFaults tries each fault")

const (
	// faultLasts is how long a fault lasts at least.
	faultLasts = 5 * time.Second
	// healsWithin bounds how long an instance that can reach a majority may take to write again, on a busy machine. The aim is
	// 10 s: the table says how long it took.
	healsWithin = 45 * time.Second
	// outageShown is from how long an outage on must have shown in /readyz.
	outageShown = 8 * time.Second
)

// fault is something that happens to one server of a cluster.
type fault struct {
	name string
	do   func(c *cluster.Cluster, server int)
	undo func(c *cluster.Cluster, server int)
}

func heal(c *cluster.Cluster, _ int) { c.Heal(); c.Settle() }

// others calls f with the servers beside that one.
func others(server int, f func(other int)) {
	for i := range cluster.Size {
		if i != server {
			f(i)
		}
	}
}

var faults = []fault{
	{"stopped and started", (*cluster.Cluster).Down, (*cluster.Cluster).Up},
	{"paused", func(c *cluster.Cluster, s int) {
		c.Door(s).Stop()
		others(s, func(o int) { c.Part(s, o); c.Part(o, s) })
	}, heal},
	{"parted, both ways", func(c *cluster.Cluster, s int) { others(s, func(o int) { c.Part(s, o); c.Part(o, s) }) }, heal},
	{"parted, unheard", func(c *cluster.Cluster, s int) { others(s, func(o int) { c.Part(s, o) }) }, heal},
	{"parted, deaf", func(c *cluster.Cluster, s int) { others(s, func(o int) { c.Part(o, s) }) }, heal},
	{"half-open to clients", func(c *cluster.Cluster, s int) { c.Door(s).Stop() }, heal},
	{"200 ms away", func(c *cluster.Cluster, s int) {
		c.Delay(s, 200*time.Millisecond)
		c.Door(s).Delay(200 * time.Millisecond)
	}, heal},
}

// TestClusterFaults has three instances write while something happens to the server that leads the log, again and again. What was
// acknowledged is in every instance once, nothing is refused that must not be, every instance writes again in time, and says
// that it cannot while it cannot.
func TestClusterFaults(t *testing.T) {
	servers := cluster.StartLinked(t)
	f := startFleet(t, servers)
	load := startLoad(t, f)
	tallies := map[string]*tally{}
	for round := range *faultRounds {
		for _, c := range faults {
			if tallies[c.name] == nil {
				tallies[c.name] = &tally{}
			}
			leader := servers.Leader("ACCOUNTS")
			require.GreaterOrEqual(t, leader, 0)
			server := (leader + round) % cluster.Size // the leader first
			load.during(t, tallies[c.name], func() { c.do(servers, server) }, func() { c.undo(servers, server) })
		}
	}
	made := load.end()
	f.requireUsers(t, made)
	f.requireOneHistory(t)
	t.Log("fault | times | writes again after: median, longest | refused wrongly")
	for _, c := range faults {
		w := tallies[c.name]
		slices.Sort(w.healed)
		t.Logf("%s | %d | %v, %v | %d", c.name, w.times, w.healed[len(w.healed)/2], w.healed[len(w.healed)-1], w.refused)
	}
}

// tally is how a fault went.
type tally struct {
	times   int
	healed  []time.Duration // of each instance each time
	refused int64
}

// load is what writes without end at every instance.
type load struct {
	fleet   *fleet
	stop    chan struct{}
	writers sync.WaitGroup
	refused atomic.Int64               // that must not be
	wrote   [cluster.Size]atomic.Int64 // when the newest write that was acknowledged began, in nanoseconds
	unready [cluster.Size]atomic.Bool

	mu   sync.Mutex
	made map[string]bool
}

func startLoad(t *testing.T, f *fleet) *load {
	l := &load{fleet: f, stop: make(chan struct{}), made: map[string]bool{}}
	for i, p := range f.instances {
		l.writers.Go(func() { l.write(t, i, p) })
		l.writers.Go(func() { l.watch(i, p) })
	}
	return l
}

// write makes one user after another. That an address is taken is right only when an earlier try had no answer.
func (l *load) write(t *testing.T, i int, p *process) {
	for n := 0; !closed(l.stop); n++ {
		email := fmt.Sprintf("fault%d-%d@example.org", i, n)
		for unsure := false; ; unsure = true {
			began := time.Now()
			status, err := p.call(http.MethodPost, "/v1/users", map[string]any{"email": email}, nil)
			if err == nil && status == http.StatusServiceUnavailable {
				if closed(l.stop) {
					return
				}
				<-time.After(20 * time.Millisecond)
				continue
			}
			if err != nil || status != http.StatusCreated && !(unsure && status == http.StatusConflict) {
				l.refused.Add(1)
				t.Errorf("instance %d: status %d, %v", i, status, err)
				break
			}
			l.wrote[i].Store(began.UnixNano())
			l.mu.Lock()
			l.made[email] = true
			l.mu.Unlock()
			break
		}
	}
}

// watch notes that an instance says that it is not ready.
func (l *load) watch(i int, p *process) {
	for !closed(l.stop) {
		answer, err := http.Get(p.admin.BaseURL + "/readyz")
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusServiceUnavailable {
				l.unready[i].Store(true)
			}
		}
		<-time.After(100 * time.Millisecond)
	}
}

// during has a fault begin, and end when every instance has written again; every instance can reach a majority all the time.
func (l *load) during(t *testing.T, w *tally, begin, end func()) {
	t.Helper()
	for i := range l.unready {
		l.unready[i].Store(false)
	}
	refused, start := l.refused.Load(), time.Now()
	begin()
	for i := range cluster.Size {
		// What was acknowledged at once may have been on its way; the fault is felt, or not, a moment later.
		since := start.Add(500 * time.Millisecond)
		require.Eventually(t, func() bool { return l.wrote[i].Load() > since.UnixNano() }, healsWithin, 10*time.Millisecond,
			"instance %d does not write again", i)
		healed := time.Unix(0, l.wrote[i].Load()).Sub(start)
		w.healed = append(w.healed, healed.Round(100*time.Millisecond))
		if healed > outageShown {
			require.True(t, l.unready[i].Load(), "instance %d did not write for %v, and was ready", i, healed)
		}
	}
	<-time.After(max(0, faultLasts-time.Since(start)))
	end()
	for i, p := range l.fleet.instances {
		now := time.Now()
		require.Eventually(t, func() bool { return l.wrote[i].Load() > now.UnixNano() }, healsWithin, 10*time.Millisecond,
			"instance %d does not write after the fault", i)
		require.Eventually(t, func() bool {
			answer, err := http.Get(p.admin.BaseURL + "/readyz")
			if err == nil {
				_ = answer.Body.Close()
			}
			return err == nil && answer.StatusCode == http.StatusOK
		}, healsWithin, 100*time.Millisecond, "instance %d is not ready after the fault", i)
	}
	w.times++
	w.refused += l.refused.Load() - refused
}

// end returns the addresses that were acknowledged.
func (l *load) end() map[string]bool {
	close(l.stop)
	l.writers.Wait()
	return l.made
}
