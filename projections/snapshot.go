package projections

import (
	"maps"

	"github.com/google/uuid"
	"github.com/tidwall/btree"

	"accountd/commands"
	"accountd/events"
)

// Snapshot is everything that stood in the Log at one Position. It never changes; reading it takes no lock. It is the
// [commands.States] that commands are decided on.
type Snapshot struct {
	head      events.Head
	numbers   map[events.NumberKind]int64
	directory *commands.Directory
	deleted   *btree.BTreeG[*commands.Deleted]
	erased    []*commands.Deleted
	*indexes
}

var _ commands.States = (*Snapshot)(nil)

// Head returns the place in the Log that the Snapshot shows.
func (s *Snapshot) Head() events.Head { return s.head }

// Len returns how many users there are.
func (s *Snapshot) Len() int { return s.byNumber.Len() }

// LastNumber returns the highest number of that kind that was ever assigned, 0 for none.
func (s *Snapshot) LastNumber(kind events.NumberKind) int64 { return s.numbers[kind] }

// Directory returns everything but users.
func (s *Snapshot) Directory() *commands.Directory { return s.directory }

// Numbers returns every sequence with its last number.
func (s *Snapshot) Numbers() map[events.NumberKind]int64 { return maps.Clone(s.numbers) }

// User returns the user of that id, nil when there is none.
func (s *Snapshot) User(id uuid.UUID) *commands.User {
	u, _ := s.byID.Get(&commands.User{ID: id})
	return u
}

// Deleted returns what is remembered of the deleted user of that id, nil when none was deleted.
func (s *Snapshot) Deleted(id uuid.UUID) *commands.Deleted {
	d, _ := s.deleted.Get(&commands.Deleted{ID: id})
	return d
}

// Erased returns those who were erased, in the order of their erasure. Later Snapshots have the same ones first.
func (s *Snapshot) Erased() []*commands.Deleted { return s.erased }

// UserByNumber returns the user of that number, nil when there is none.
func (s *Snapshot) UserByNumber(number int64) *commands.User {
	u, _ := s.byNumber.Get(&commands.User{Number: number})
	return u
}

// UserByName returns the user whose username or e-mail address folds to the same text as name, the one whom
// [commands.Meant] returns of several, nil when there is none.
func (s *Snapshot) UserByName(name string) *commands.User {
	var all []*commands.User
	s.Named(name, func(u *commands.User) bool {
		all = append(all, u)
		return true
	})
	return commands.Meant(name, all)
}

// Named visits the users whose username or e-mail address folds to the same text as name; see [commands.States].
func (s *Snapshot) Named(name string, visit func(*commands.User) bool) {
	going := true
	for _, f := range []Field{Username, Email} {
		s.equal(f, name, func(u *commands.User) bool {
			going = visit(u)
			return going
		})
		if !going {
			return
		}
	}
}

// equal visits the users whose text in one of the fixedFields folds to the same, by number, until visit returns false.
func (s *Snapshot) equal(f Field, text string, visit func(*commands.User) bool) {
	def, _ := define(f)
	probe := &commands.User{Username: text, Email: text, ExternalID: text}
	(*s.fixed(f)).Ascend(probe, func(u *commands.User) bool {
		return commands.CompareFolded(def.text(u), text) == 0 && visit(u)
	})
}

// LookAlikes visits the users one of whose names looks like name; see [commands.States].
func (s *Snapshot) LookAlikes(name string, visit func(*commands.User) bool) {
	for _, text := range append(commands.LookAlikes(name), commands.Folded(name)) {
		for u := range s.lookingLike(text) {
			if !visit(u) {
				return
			}
		}
	}
}

// UserByExternalID returns the user whose external id folds to the same text, nil when there is none.
func (s *Snapshot) UserByExternalID(id string) *commands.User {
	var found *commands.User
	s.equal(ExternalID, id, func(u *commands.User) bool {
		found = u
		return false
	})
	return found
}

// Linked visits the users to whom resources belong, by number, until visit returns false.
func (s *Snapshot) Linked(visit func(*commands.User) bool) { s.linked.Scan(visit) }

// UserBySigningKey returns the owner of the signing key, nil when there is none.
func (s *Snapshot) UserBySigningKey(id string) *commands.User {
	return s.userBy(commands.BySigningKey, id)
}

// UserByAPIKey returns the owner of the API key with that SHA-256 hash (lower-case hex), nil when there is none.
func (s *Snapshot) UserByAPIKey(hash string) *commands.User {
	return s.userBy(commands.ByAPIKey, hash)
}

func (s *Snapshot) userBy(by commands.FoundBy, text string) *commands.User {
	found, ok := s.credentials.Get(credential{Handle: commands.Handle{By: by, Text: text}})
	if !ok {
		return nil
	}
	return s.User(found.user)
}
