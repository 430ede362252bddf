package projections

import (
	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// Saved is all that a View holds but what it builds of the rest: from it and the Records behind Head, the View is what it
// would be from all Records.
type Saved struct {
	Head    events.Head
	Numbers map[events.NumberKind]int64
	commands.Lists
	Deleted []*commands.Deleted
	Erased  []*commands.Deleted // in the order of their erasure
	Users   []*commands.User    // by number
}

// Saved returns what the Snapshot holds.
func (s *Snapshot) Saved() Saved {
	return Saved{Head: s.head, Numbers: s.numbers, Lists: s.directory.Lists(), Deleted: s.deleted.Items(), Erased: s.erased,
		Users: s.byNumber.Items()}
}

// Restore gives a View that is loading, and has applied nothing yet, what another one had saved.
func (v *View) Restore(s Saved) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.head, v.numbers, v.directory, v.erased = s.Head, s.Numbers, s.Lists.Directory(), s.Erased
	for _, d := range s.Deleted {
		v.deleted.Load(d)
	}
	v.loading = make(map[uuid.UUID]*commands.User, len(s.Users))
	for _, u := range s.Users {
		v.loading[u.ID] = u
	}
	v.move()
}
