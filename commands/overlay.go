package commands

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// Overlay is what States will be once the drafts decided so far are in the Log: the next command of a group is decided
// on it. It is a [States] that changes, for one goroutine.
type Overlay struct {
	States
	next    events.Head
	users   map[uuid.UUID]*User
	deleted map[uuid.UUID]*Deleted
	found   map[Handle]*User       // nil: the Handle is free again
	names   map[string][]uuid.UUID // by folded name, who has it or had it
	foreign []uuid.UUID            // users with a name that has look-alikes
	numbers map[events.NumberKind]int64
	dir     *Directory
}

// NewOverlay returns an Overlay that nothing was decided on yet.
func NewOverlay(s States) *Overlay {
	return &Overlay{States: s, next: s.Head(), users: map[uuid.UUID]*User{}, deleted: map[uuid.UUID]*Deleted{},
		names: map[string][]uuid.UUID{}, found: map[Handle]*User{},
		numbers: map[events.NumberKind]int64{}, dir: s.Directory()}
}

// Add folds the drafts of what the Actor asked for. Their time is that of the newest Record: a decision asks no clock.
func (o *Overlay) Add(a Actor, drafts []events.Draft) {
	cause := a.Cause(o)
	for _, d := range drafts {
		o.next.Sequence++
		r := events.Record{Sequence: o.next.Sequence, Time: o.next.Time, Aggregate: d.Aggregate, Type: d.Event.Type(),
			Event: d.Event, Key: d.Key, Cause: cause}
		o.dir = o.dir.Evolve(r)
		if d.Aggregate.Kind == events.KindUser {
			before := o.User(d.Aggregate.ID)
			if ends(r) {
				o.deleted[r.Aggregate.ID] = EvolveDeleted(nil, before, r)
			}
			o.replace(before, Evolve(before, r), d.Aggregate.ID)
		}
		if n, ok := d.Event.(events.Numbered); ok {
			o.numbers[n.Assigned().Kind] = n.Assigned().Value
		}
	}
}

func (o *Overlay) replace(before, after *User, id uuid.UUID) {
	o.users[id] = after
	if after != nil && slices.ContainsFunc(after.LogInNames(), foreign) {
		o.foreign = append(o.foreign, id)
	}
	before.Handles(func(h Handle) { o.found[h] = nil })
	after.Handles(func(h Handle) { o.found[h] = after })
	after.Handles(func(h Handle) {
		if h.By == ByName {
			o.names[h.Text] = append(o.names[h.Text], id)
		}
	})
}

func (o *Overlay) User(id uuid.UUID) *User {
	if u, ok := o.users[id]; ok {
		return u
	}
	return o.States.User(id)
}

func (o *Overlay) Deleted(id uuid.UUID) *Deleted {
	if d, ok := o.deleted[id]; ok {
		return d
	}
	return o.States.Deleted(id)
}

func (o *Overlay) UserByName(name string) *User {
	var all []*User
	o.Named(name, func(u *User) bool {
		all = append(all, u)
		return true
	})
	return Meant(name, all)
}

func (o *Overlay) Named(name string, visit func(*User) bool) {
	key := Folded(name)
	for _, id := range o.names[key] {
		u := o.users[id]
		if u != nil && slices.ContainsFunc(u.LogInNames(), func(own string) bool { return Folded(own) == key }) &&
			!visit(u) {
			return
		}
	}
	o.States.Named(name, func(u *User) bool {
		_, decided := o.users[u.ID]
		return decided || visit(u)
	})
}

func (o *Overlay) LookAlikes(name string, visit func(*User) bool) {
	among := slices.Values(o.foreign)
	if foreign(name) {
		among = maps.Keys(o.users)
	}
	for id := range among {
		u := o.users[id]
		if u != nil && slices.ContainsFunc(u.LogInNames(), func(own string) bool { return looksLike(name, own) }) &&
			!visit(u) {
			return
		}
	}
	o.States.LookAlikes(name, func(u *User) bool {
		_, decided := o.users[u.ID]
		return decided || visit(u)
	})
}

func (o *Overlay) UserByExternalID(id string) *User {
	return o.userBy(Handle{ByExternalID, Folded(id)}, func() *User { return o.States.UserByExternalID(id) })
}

func (o *Overlay) UserBySigningKey(id string) *User {
	return o.userBy(Handle{BySigningKey, id}, func() *User { return o.States.UserBySigningKey(id) })
}

func (o *Overlay) UserByAPIKey(hash string) *User {
	return o.userBy(Handle{ByAPIKey, hash}, func() *User { return o.States.UserByAPIKey(hash) })
}

func (o *Overlay) Directory() *Directory { return o.dir }

func (o *Overlay) Members(of events.Aggregate, visit func(*User) bool) {
	for _, u := range o.users {
		if u != nil && o.dir.belongs(u, of) && !visit(u) {
			return
		}
	}
	o.States.Members(of, func(u *User) bool {
		_, decided := o.users[u.ID]
		return decided || visit(u)
	})
}

func (o *Overlay) LastNumber(kind events.NumberKind) int64 {
	if n, ok := o.numbers[kind]; ok {
		return n
	}
	return o.States.LastNumber(kind)
}

// userBy returns whom the Handle leads to by what was decided, otherwise who is stored.
func (o *Overlay) userBy(h Handle, stored func() *User) *User {
	if u, ok := o.found[h]; ok {
		return u
	}
	return stored()
}
