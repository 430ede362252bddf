package projections

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/tidwall/btree"

	"accountd/commands"
)

// indexes are the trees in which users are found; only the View's writer changes them, readers have copies.
type indexes struct {
	byID, byNumber, byUsername, byEmail, byExternalID *tree
	linked                                            *tree // those with resources, by number
	credentials                                       *btree.BTreeG[credential]
	memberships                                       *btree.BTreeG[membership]
	lookAlikes                                        *btree.BTreeG[lookAlike]
	orders                                            map[string]*partition // by the order's name, built on demand
	texts                                             map[Field]*fieldTexts // built on demand
}

func newDeleted() *btree.BTreeG[*commands.Deleted] {
	return btree.NewBTreeGOptions(func(a, b *commands.Deleted) bool { return bytes.Compare(a.ID[:], b.ID[:]) < 0 },
		btree.Options{NoLocks: true})
}

// credential leads from what a client presents to the user whom it belongs to.
type credential struct {
	commands.Handle // its text is shared with the user's State
	user            uuid.UUID
}

func compareCredentials(a, b credential) int {
	switch {
	case a.By != b.By:
		return cmp.Compare(a.By, b.By)
	case a.Text < b.Text:
		return -1
	case a.Text > b.Text:
		return 1
	}
	return 0
}

// credentialDegree keeps the nodes small that a write copies: a credential is five times as large as the pointer that
// the other trees hold.
const credentialDegree = 16

func credentialsOf(u *commands.User) []credential {
	if u == nil {
		return nil
	}
	var out []credential
	u.CredentialHandles(func(h commands.Handle) { out = append(out, credential{h, u.ID}) })
	return out
}

func compareBy(f Field) func(a, b *commands.User) int {
	def, _ := define(f)
	return def.comparer()
}

// compareFixed returns the order of the tree of one of the fixedFields: two users may have names that were not the same
// when they took them.
func compareFixed(f Field) func(a, b *commands.User) int {
	first := compareBy(f)
	if f == ID {
		return first
	}
	return func(a, b *commands.User) int {
		if c := first(a, b); c != 0 {
			return c
		}
		return byNumber(a, b)
	}
}

func hasExternalID(u *commands.User) bool { return u.ExternalID != "" }

func hasResources(u *commands.User) bool { return len(u.Resources) > 0 }

// fixedFields are those by whose orders there is always an index beside that by number.
func fixedFields() []Field { return []Field{ID, Username, Email, ExternalID} }

// fixed returns where the tree of one of the fixedFields is.
func (ix *indexes) fixed(f Field) **tree {
	switch f {
	case ID:
		return &ix.byID
	case Username:
		return &ix.byUsername
	case Email:
		return &ix.byEmail
	}
	return &ix.byExternalID
}

// loadIndexes builds the indexes of all users at once, which is several times faster than one user after another.
func loadIndexes(users []*commands.User) *indexes {
	users = order{}.sorted(users)
	return assemble(users, func(f Field) []*commands.User {
		if f == ExternalID {
			return order{sorts: []Sort{{Field: f}}}.sorted(those(users, hasExternalID))
		}
		return order{sorts: []Sort{{Field: f}}}.sorted(users)
	})
}

// assemble builds the indexes of users, who come by number, on all processors; in returns those who are in the order of
// a field, in that order.
func assemble(users []*commands.User, in func(Field) []*commands.User) *indexes {
	ix := &indexes{orders: map[string]*partition{}, texts: map[Field]*fieldTexts{}}
	var all sync.WaitGroup
	all.Go(func() { ix.credentials = loadCredentials(users) })
	for _, f := range fixedFields() {
		all.Go(func() { *ix.fixed(f) = loadTree(in(f), compareFixed(f)) })
	}
	all.Go(func() { ix.byNumber = loadTree(users, byNumber) })
	all.Go(func() { ix.linked = loadTree(those(users, hasResources), byNumber) })
	all.Go(func() { ix.memberships = loadMemberships(users) })
	all.Go(func() { ix.lookAlikes = loadLookAlikes(users) })
	all.Wait()
	return ix
}

func those(users []*commands.User, keep func(*commands.User) bool) (out []*commands.User) {
	for _, u := range users {
		if keep(u) {
			out = append(out, u)
		}
	}
	return out
}

// loadCredentials builds the index of all users' credentials. Like users, they are sorted by what their ids begin with,
// packed.
func loadCredentials(users []*commands.User) *btree.BTreeG[credential] {
	type keyed struct {
		key   [2]uint64
		place uint32
	}
	all, keys := make([]credential, 0, len(users)), make([]keyed, 0, len(users))
	for _, u := range users {
		for _, c := range credentialsOf(u) {
			keys = append(keys, keyed{c.packed(), uint32(len(all))})
			all = append(all, c)
		}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		if c := slices.Compare(a.key[:], b.key[:]); c != 0 {
			return c
		}
		return compareCredentials(all[a.place], all[b.place])
	})
	return loadSorted(compareCredentials, credentialDegree, func(yield func(credential) bool) {
		for _, k := range keys {
			if !yield(all[k.place]) {
				return
			}
		}
	})
}

// packed returns what is less for a lesser credential, or equal.
func (c credential) packed() (key [2]uint64) {
	var b [16]byte
	b[0] = byte(c.By)
	copy(b[1:], c.Text)
	return [2]uint64{binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])}
}

// copy returns a picture for readers. It shares every node until the writer changes it.
func (ix *indexes) copy() *indexes {
	out := &indexes{byID: ix.byID.Copy(), byNumber: ix.byNumber.Copy(), byUsername: ix.byUsername.Copy(),
		byEmail: ix.byEmail.Copy(), byExternalID: ix.byExternalID.Copy(), linked: ix.linked.Copy(),
		credentials: ix.credentials.Copy(), memberships: ix.memberships.Copy(), lookAlikes: ix.lookAlikes.Copy(),
		orders: maps.Clone(ix.orders), texts: maps.Clone(ix.texts)}
	for name, p := range out.orders {
		out.orders[name] = p.copy()
	}
	for f, t := range out.texts {
		out.texts[f] = t.copy()
	}
	return out
}

// replace puts after in the place of before; either may be nil.
func (ix *indexes) replace(before, after *commands.User) {
	for _, t := range []*tree{ix.byID, ix.byNumber, ix.byUsername, ix.byEmail} {
		move(t, before, after)
	}
	move(ix.byExternalID, only(before, hasExternalID), only(after, hasExternalID))
	move(ix.linked, only(before, hasResources), only(after, hasResources))
	for _, p := range ix.orders {
		p.move(before, after)
	}
	for _, t := range ix.texts {
		t.move(before, after)
	}
	ix.replaceCredentials(before, after)
	ix.replaceMemberships(before, after)
	exchange(ix.lookAlikes, lookAlikesOf(before), lookAlikesOf(after))
}

func only(u *commands.User, keep func(*commands.User) bool) *commands.User {
	if u != nil && keep(u) {
		return u
	}
	return nil
}

func move(t *tree, before, after *commands.User) {
	if before != nil && (after == nil || t.Less(before, after) || t.Less(after, before)) {
		t.Delete(before)
	}
	if after != nil {
		t.Set(after)
	}
}

func (ix *indexes) replaceCredentials(before, after *commands.User) {
	exchange(ix.credentials, credentialsOf(before), credentialsOf(after))
}

// exchange puts the entries now in the place of the old ones.
func exchange[T comparable](t *btree.BTreeG[T], old, now []T) {
	if slices.Equal(old, now) {
		return
	}
	for _, e := range old {
		t.Delete(e)
	}
	for _, e := range now {
		t.Set(e)
	}
}
