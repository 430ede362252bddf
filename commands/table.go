package commands

import (
	"strings"

	"github.com/google/uuid"
	"github.com/tidwall/btree"
)

// entry is a State that a table holds; the zero value stands for none.
type entry interface {
	comparable
	Base() *Entity
	key() string // by which it is found beside id and number, unique; empty: it is not
}

// table finds the States of one kind of aggregate. It is immutable: a change makes a new one that shares all nodes that did
// not change. Its trees have locks, because copying a tree marks it, and several may copy one.
type table[P entry] struct {
	byID, byKey *btree.BTreeG[keyed[string, P]]
	byNumber    *btree.BTreeG[keyed[int64, P]]
}

type keyed[K string | int64, P any] struct {
	key   K
	entry P
}

func newTable[P entry]() table[P] {
	text := func(a, b keyed[string, P]) bool { return strings.Compare(a.key, b.key) < 0 }
	number := func(a, b keyed[int64, P]) bool { return a.key < b.key }
	return table[P]{byID: btree.NewBTreeG(text), byKey: btree.NewBTreeG(text), byNumber: btree.NewBTreeG(number)}
}

func (t table[P]) get(id uuid.UUID) P {
	found, _ := t.byID.Get(keyed[string, P]{key: string(id[:])})
	return found.entry
}

func (t table[P]) find(key string) P {
	found, _ := t.byKey.Get(keyed[string, P]{key: key})
	return found.entry
}

func (t table[P]) numbered(number int64) P {
	found, _ := t.byNumber.Get(keyed[int64, P]{key: number})
	return found.entry
}

// list returns all entries by number.
func (t table[P]) list() []P {
	out := make([]P, 0, t.byNumber.Len())
	t.byNumber.Scan(func(k keyed[int64, P]) bool {
		out = append(out, k.entry)
		return true
	})
	return out
}

func (t table[P]) version(id uuid.UUID) uint64 {
	var none P
	if e := t.get(id); e != none {
		return e.Base().Version
	}
	return 0
}

// replace returns the table with after in the place of before; either may be none.
func (t table[P]) replace(before, after P) table[P] {
	var none P
	if before == after {
		return t
	}
	next := table[P]{byID: t.byID.Copy(), byKey: t.byKey.Copy(), byNumber: t.byNumber.Copy()}
	if before != none {
		next.byID.Delete(keyed[string, P]{key: string(before.Base().ID[:])})
		next.byKey.Delete(keyed[string, P]{key: before.key()})
		next.byNumber.Delete(keyed[int64, P]{key: before.Base().Number})
	}
	if after != none {
		e := after.Base()
		next.byID.Set(keyed[string, P]{string(e.ID[:]), after})
		next.byNumber.Set(keyed[int64, P]{e.Number, after})
		if key := after.key(); key != "" {
			next.byKey.Set(keyed[string, P]{key, after})
		}
	}
	return next
}
