package projections

import (
	"errors"
	"fmt"

	"accountd/commands"
	"accountd/events"
)

// Saved is all that a View holds but what it builds on demand: from it and the Records behind Head, the View is what it
// would be from all Records.
type Saved struct {
	Head    events.Head
	Numbers map[events.NumberKind]int64
	commands.Lists
	Deleted []*commands.Deleted
	Erased  []*commands.Deleted // in the order of their erasure
	Users   []*commands.User    // by number
	// of the fields whose orders every View keeps: the places in Users of those who are in it
	Orders map[Field][]uint32
}

// ErrSaved is returned by [View.Restore] for orders that are not of the users.
var ErrSaved = errors.New("not what a view has saved")

// Saved returns what the Snapshot holds.
func (s *Snapshot) Saved() Saved {
	users := s.byNumber.Items()
	places := make(map[int64]uint32, len(users))
	for i, u := range users {
		places[u.Number] = uint32(i)
	}
	orders := map[Field][]uint32{}
	for _, f := range fixedFields() {
		orders[f] = placesIn(*s.fixed(f), places)
	}
	return Saved{Head: s.head, Numbers: s.numbers, Lists: s.directory.Lists(), Deleted: s.deleted.Items(),
		Erased: s.erased, Users: users, Orders: orders}
}

// placesIn returns the places of the tree's users, which are known by number.
func placesIn(t *tree, places map[int64]uint32) []uint32 {
	out := make([]uint32, 0, t.Len())
	t.Scan(func(u *commands.User) bool {
		out = append(out, places[u.Number])
		return true
	})
	return out
}

// Restore gives a View that is loading, and has applied nothing yet, what another one had saved. It returns [ErrSaved],
// and changes nothing, when that was not saved by a View.
func (v *View) Restore(s Saved) error {
	ix, err := restoreIndexes(s.Users, s.Orders)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.head, v.numbers, v.directory, v.erased = s.Head, s.Numbers, s.Lists.Directory(), s.Erased
	for _, d := range s.Deleted {
		v.deleted.Load(d)
	}
	v.indexes, v.loading = ix, nil
	v.move()
	return nil
}

// restoreIndexes builds the indexes of users, who come by number, without comparing them.
func restoreIndexes(users []*commands.User, orders map[Field][]uint32) (*indexes, error) {
	ordered := map[Field][]*commands.User{}
	for _, f := range fixedFields() {
		var err error
		if ordered[f], err = atPlaces(users, orders[f]); err != nil {
			return nil, err
		}
		if f != ExternalID && len(ordered[f]) != len(users) {
			return nil, fmt.Errorf("%w: %d of %d users are in the order by %s", ErrSaved, len(ordered[f]),
				len(users), f)
		}
	}
	return assemble(users, func(f Field) []*commands.User { return ordered[f] }), nil
}

// atPlaces returns the users at those places, of whom none may be named twice.
func atPlaces(users []*commands.User, places []uint32) ([]*commands.User, error) {
	out, seen := make([]*commands.User, len(places)), make([]bool, len(users))
	for i, place := range places {
		if int(place) >= len(users) || seen[place] {
			return nil, fmt.Errorf("%w: there is no user at place %d, or twice", ErrSaved, place)
		}
		out[i], seen[place] = users[place], true
	}
	return out, nil
}
