package past

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// Names are what datacenters and groups were called at each moment. They are safe for concurrent use.
type Names struct {
	mu   sync.RWMutex
	dir  *commands.Directory // as of the Records that were read
	read map[events.Kind]uint64
	of   map[uuid.UUID][]called // in the order of the Log
}

// called is a name that something had from that Record on; empty: it is gone.
type called struct {
	since events.Head
	name  string
}

// Names returns the Names up to now. They are read from the Log, of which datacenters and groups are a small part, when
// they are first asked for; after that, what is new.
func (a *Archive) Names(ctx context.Context) (*Names, error) {
	if err := a.enter(ctx); err != nil {
		return nil, err
	}
	defer a.leave()
	n := &a.names
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.dir == nil {
		n.dir, n.read, n.of = commands.NewDirectory(), map[events.Kind]uint64{}, map[uuid.UUID][]called{}
	}
	for _, kind := range []events.Kind{events.KindDatacenter, events.KindGroup} {
		records, err := a.log.ReadOf(ctx, events.Aggregate{Kind: kind}, n.read[kind], math.MaxInt)
		if err != nil {
			return nil, fmt.Errorf("reading what a %s was called: %w", kind, err)
		}
		for _, r := range records {
			n.add(r)
		}
	}
	return n, nil
}

func (n *Names) add(r events.Record) {
	n.dir = n.dir.Evolve(r)
	n.read[r.Aggregate.Kind] = r.Sequence
	id, name := r.Aggregate.ID, ""
	if d := n.dir.Datacenter(id); d != nil {
		name = d.Name
	} else if g := n.dir.Group(id); g != nil {
		name = g.Name
	}
	if had := n.of[id]; len(had) == 0 || had[len(had)-1].name != name {
		n.of[id] = append(had, called{r.Head(), name})
	}
}

// At returns what the thing of that id was called at the moment; false: there was none.
func (n *Names) At(id uuid.UUID, m Moment) (name string, ok bool) {
	if all := n.until(id, m); len(all) > 0 {
		name = all[len(all)-1].name
	}
	return name, name != ""
}

// Called returns what the thing of that id was called at the moment, or before it was deleted; its id if it never was
// there.
func (n *Names) Called(id uuid.UUID, m Moment) string {
	for _, c := range slices.Backward(n.until(id, m)) {
		if c.name != "" {
			return c.name
		}
	}
	return id.String()
}

// until returns the names that the thing had up to the moment.
func (n *Names) until(id uuid.UUID, m Moment) []called {
	n.mu.RLock()
	defer n.mu.RUnlock()
	all := n.of[id]
	return all[:sort.Search(len(all), func(i int) bool {
		return !m.Covers(events.Record{Sequence: all[i].since.Sequence, Time: all[i].since.Time})
	})]
}
