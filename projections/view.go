package projections

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/tidwall/btree"

	"accountd/commands"
	"accountd/events"
)

// View holds the State of everything in the Log as of the Records applied to it. It starts out loading: it folds, but
// answers nothing until Open. It is safe for concurrent use; readers never wait.
type View struct {
	mu        sync.Mutex // held by who applies
	head      events.Head
	numbers   map[events.NumberKind]int64
	directory *commands.Directory
	open      bool
	loading   map[uuid.UUID]*commands.User // everybody while there are no indexes
	deleted   *btree.BTreeG[*commands.Deleted]
	erased    []*commands.Deleted // in the order of their erasure; only appended to
	indexes   *indexes            // nil until open, or restored
	builds    []*build            // indexes that are being built beside

	position atomic.Uint64
	snapshot atomic.Pointer[Snapshot]
	moved    atomic.Pointer[chan struct{}] // closed when the position moves
	building sync.Mutex                    // one order is built at a time
	backlog  backlog                       // one text index is built at a time, in the background
	watching []Observer

	limits limits
}

// limits are the sizes at which something is done in another way. Tests have small ones.
type limits struct {
	freeze int // so many changes in a text index's delta are frozen; fewer users than that are not worth an index
	fetch  int // up to so many users whom a text index found are fetched and sorted before an order is asked for
	many   int // so many texts are too many to be compared with a pattern
	missed int // up to so many changes the writer waits for when an index is handed over
}

// NewView returns an empty View that is loading.
func NewView() *View {
	v := &View{numbers: map[events.NumberKind]int64{}, directory: commands.NewDirectory(),
		loading: map[uuid.UUID]*commands.User{}, deleted: newDeleted(),
		limits: limits{freeze: 2048, fetch: 2048, many: 2048, missed: 1000}}
	moved := make(chan struct{})
	v.moved.Store(&moved)
	return v
}

// GapError is returned by View.Apply for Records that do not follow on what was applied.
type GapError struct{ Have, Got uint64 }

func (e GapError) Error() string {
	return fmt.Sprintf("record %d does not follow on record %d", e.Got, e.Have)
}

// Apply folds the Records, which follow directly on what was applied; those already applied are ignored. Readers see
// all of them at once. It returns a [GapError] and applies nothing behind the gap.
func (v *View) Apply(records []events.Record) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.head.Sequence
	err := v.fold(records)
	if v.head.Sequence != before && v.open {
		v.publish()
		v.freeze()
	}
	v.tell(records, before)
	v.move()
	return err
}

func (v *View) fold(records []events.Record) error {
	numbered := false
	for _, r := range records {
		if r.Sequence <= v.head.Sequence {
			continue
		}
		if r.Sequence != v.head.Sequence+1 {
			return GapError{Have: v.head.Sequence, Got: r.Sequence}
		}
		v.head = r.Head()
		if n := r.Assigned; n.Value > v.numbers[n.Kind] {
			if !numbered && v.open {
				v.numbers, numbered = maps.Clone(v.numbers), true // the one before belongs to a Snapshot
			}
			v.numbers[n.Kind] = n.Value
		}
		if r.Aggregate.Kind == events.KindUser {
			v.foldUser(r)
		} else {
			v.directory = v.directory.Evolve(r)
		}
	}
	return nil
}

func (v *View) foldUser(r events.Record) {
	id := r.Aggregate.ID
	if v.indexes == nil {
		before := v.loading[id]
		v.foldDeleted(before, r)
		if after := commands.Evolve(before, r); after != nil {
			v.loading[id] = after
		} else {
			delete(v.loading, id)
		}
		return
	}
	before, _ := v.indexes.byID.Get(&commands.User{ID: id})
	v.foldDeleted(before, r)
	after := commands.Evolve(before, r)
	if before == after {
		return
	}
	v.indexes.replace(before, after)
	for _, b := range v.builds {
		b.missed = append(b.missed, change{before, after})
	}
}

func (v *View) foldDeleted(u *commands.User, r events.Record) {
	before, _ := v.deleted.Get(&commands.Deleted{ID: r.Aggregate.ID})
	after := commands.EvolveDeleted(before, u, r)
	if after == before {
		return
	}
	v.deleted.Set(after)
	if after.Erased {
		v.erased = append(v.erased, after)
	}
}

// Open ends the loading: it builds the indexes, and from then on the View answers.
func (v *View) Open() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.open {
		return
	}
	if v.indexes == nil {
		v.indexes, v.loading = loadIndexes(slices.Collect(maps.Values(v.loading))), nil
	}
	v.open = true
	v.publish()
}

func (v *View) publish() {
	v.snapshot.Store(&Snapshot{head: v.head, numbers: v.numbers, directory: v.directory,
		deleted: v.deleted.Copy(), erased: v.erased, indexes: v.indexes.copy()})
}

// move tells those who wait that the position has moved.
func (v *View) move() {
	v.position.Store(v.head.Sequence)
	moved := make(chan struct{})
	close(*v.moved.Swap(&moved))
}

// Position returns the sequence of the newest Record applied.
func (v *View) Position() uint64 { return v.position.Load() }

// Head returns the place in the Log up to which the View has read, loading or not.
func (v *View) Head() events.Head {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.head
}

// Wait returns when the Record of that sequence is applied, or with the context's error.
func (v *View) Wait(ctx context.Context, sequence uint64) error {
	for {
		moved := *v.moved.Load()
		if v.Position() >= sequence {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Snapshot returns the newest picture, nil while the View is loading.
func (v *View) Snapshot() *Snapshot { return v.snapshot.Load() }

// Erased returns those who were erased, in the order of their erasure, nobody while the View is loading.
func (v *View) Erased() []*commands.Deleted {
	if s := v.Snapshot(); s != nil {
		return s.Erased()
	}
	return nil
}

// States returns the newest picture for those who decide, nil while the View is loading.
func (v *View) States() commands.States {
	if s := v.Snapshot(); s != nil {
		return s
	}
	return nil
}
