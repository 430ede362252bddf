package projections

import (
	"encoding/binary"

	"github.com/tidwall/btree"

	"accountd/commands"
)

// partition keeps users in order, in one run for every combination of values that the order's fixed fields have, such
// as the children of each parent. A run is a tree of its own: its length is a total, its n-th user is found at once.
type partition struct {
	key     func(*commands.User) string
	compare func(a, b *commands.User) int
	runs    *btree.BTreeG[run]
	epoch   uint64 // of the picture that the writer works on
}

type run struct {
	key   string
	users *tree
	epoch uint64 // in which users became the writer's own, to change in place
}

// newPartition builds the order of all users.
func newPartition(o order, users []*commands.User) *partition {
	p := &partition{key: runKey(o.fixed), compare: o.compare(), runs: newRuns()}
	members := map[string][]*commands.User{}
	for _, u := range users {
		key := p.key(u)
		members[key] = append(members[key], u)
	}
	for key, users := range members {
		p.runs.Set(run{key: key, users: loadTree(o.sorted(users), p.compare)})
	}
	return p
}

func newRuns() *btree.BTreeG[run] {
	return btree.NewBTreeGOptions(func(a, b run) bool { return a.key < b.key },
		btree.Options{NoLocks: true, Degree: treeDegree})
}

// copy returns a picture for readers. The writer copies every run before it changes it again.
func (p *partition) copy() *partition {
	p.epoch++
	out := *p
	out.runs = p.runs.Copy()
	return &out
}

// run returns the users of the run of that key, nil when there are none.
func (p *partition) run(key string) *tree {
	r, _ := p.runs.Get(run{key: key})
	return r.users
}

// move puts after in the place of before; either may be nil.
func (p *partition) move(before, after *commands.User) {
	if before != nil && after != nil && p.key(before) == p.key(after) {
		move(p.own(p.key(after)), before, after)
		return
	}
	if before != nil {
		key := p.key(before)
		users := p.own(key)
		users.Delete(before)
		if users.Len() == 0 {
			p.runs.Delete(run{key: key})
		}
	}
	if after != nil {
		p.own(p.key(after)).Set(after)
	}
}

// own returns the run's users as a tree that no reader has.
func (p *partition) own(key string) *tree {
	r, ok := p.runs.Get(run{key: key})
	switch {
	case !ok:
		r = run{key: key, users: newTree(p.compare), epoch: p.epoch}
	case r.epoch == p.epoch:
		return r.users
	default:
		r.users, r.epoch = r.users.Copy(), p.epoch
	}
	p.runs.Set(r)
	return r.users
}

// runKey returns a function that names the run which a user belongs to.
func runKey(fixed []Field) func(*commands.User) string {
	if len(fixed) == 0 {
		return func(*commands.User) string { return "" }
	}
	var defs []definition
	for _, f := range fixed {
		def, _ := define(f)
		defs = append(defs, def)
	}
	return func(u *commands.User) string {
		var b []byte
		for _, d := range defs {
			b = d.appendValue(b, d.valueOf(u))
		}
		return string(b)
	}
}

// keysOf names the runs of the users who have, of each filter, one of the values.
func keysOf(fixed []Filter) []string {
	keys := []string{""}
	for _, f := range fixed {
		var longer []string
		for _, key := range keys {
			for _, v := range f.values {
				longer = append(longer, string(f.def.appendValue([]byte(key), v)))
			}
		}
		keys = longer
	}
	return keys
}

// valueOf returns the user's value of the field, as a filter has it.
func (d definition) valueOf(u *commands.User) (v value) {
	switch {
	case d.text != nil:
		v.text = commands.Folded(d.text(u))
	case d.number != nil:
		v.number = d.number(u)
	case d.moment != nil:
		v.moment = d.moment(u)
	case d.truth != nil:
		v.truth = d.truth(u)
	default:
		v.id = d.id(u)
	}
	return v
}

func (d definition) appendValue(b []byte, v value) []byte {
	switch {
	case d.text != nil:
		b = binary.BigEndian.AppendUint32(b, uint32(len(v.text)))
		return append(b, v.text...)
	case d.number != nil:
		return binary.BigEndian.AppendUint64(b, uint64(v.number))
	case d.moment != nil:
		return binary.BigEndian.AppendUint64(b, uint64(v.moment.UnixNano()))
	case d.truth != nil && v.truth:
		return append(b, 1)
	case d.truth != nil:
		return append(b, 0)
	}
	return append(b, v.id[:]...)
}
