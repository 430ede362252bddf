package projections

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/tidwall/btree"

	"accountd/commands"
)

// Sort is one key of a list's order.
type Sort struct {
	Field      Field
	Descending bool
}

// maxSorts bounds how many keys a list may be sorted by.
const maxSorts = 4

// order is a total order of the users that have the same values in the fixed fields: by the sort keys, then the number.
// Its first sort key always ascends; a list that wants it descending walks backwards.
type order struct {
	fixed []Field
	sorts []Sort
}

// orderOf returns the order for these sort keys and whether it is to be walked backwards. No keys mean by number. It
// returns [ErrField].
func orderOf(fixed []Field, sorts []Sort) (o order, backwards bool, err error) {
	if err := CheckSorts(sorts); err != nil {
		return order{}, false, err
	}
	o.fixed = fixed
	for i, s := range sorts {
		if i == 0 {
			backwards = s.Descending
		}
		s.Descending = s.Descending != backwards
		o.sorts = append(o.sorts, s)
		if s.Field == Number || s.Field == ID {
			break // nothing behind it can matter
		}
	}
	return o, backwards, nil
}

// CheckSorts returns [ErrField] unless users can be sorted by all of these keys, also by those behind one that ends the
// order.
func CheckSorts(sorts []Sort) error {
	if len(sorts) > maxSorts {
		return fmt.Errorf("%w: more than %d sort keys", ErrField, maxSorts)
	}
	for _, s := range sorts {
		if def, ok := define(s.Field); !ok || def.texts != nil || s.Field == scopeParent {
			return fmt.Errorf("%w: cannot sort by %q", ErrField, string(s.Field))
		}
	}
	return nil
}

// String names the order; equal orders have equal names.
func (o order) String() string {
	var b strings.Builder
	for _, f := range o.fixed {
		b.WriteString(string(f) + ",")
	}
	b.WriteByte('|')
	for _, s := range o.sorts {
		if s.Descending {
			b.WriteByte('-')
		}
		b.WriteString(string(s.Field) + ",")
	}
	return b.String()
}

// compare returns the order of two users with the same values in the fixed fields.
func (o order) compare() func(a, b *commands.User) int {
	var keys []func(a, b *commands.User) int
	for _, s := range o.sorts {
		ascending := compareBy(s.Field)
		if s.Descending {
			keys = append(keys, func(a, b *commands.User) int { return ascending(b, a) })
		} else {
			keys = append(keys, ascending)
		}
	}
	return func(a, b *commands.User) int {
		for _, compare := range keys {
			if c := compare(a, b); c != 0 {
				return c
			}
		}
		return byNumber(a, b)
	}
}

func byNumber(a, b *commands.User) int {
	switch {
	case a.Number < b.Number:
		return -1
	case a.Number > b.Number:
		return 1
	}
	return 0
}

type tree = btree.BTreeG[*commands.User]

// treeDegree balances a node's depth against what a write must copy of it: one path of nodes for every Snapshot.
const treeDegree = 32

func newTree(compare func(a, b *commands.User) int) *tree {
	return loadTree(nil, compare)
}

// loadTree returns a tree of users that are in order already, none twice.
func loadTree(users []*commands.User, compare func(a, b *commands.User) int) *tree {
	return loadSorted(compare, treeDegree, slices.Values(users))
}

// loadSorted returns a tree of items that are in order already, none twice. It does not compare them: where they are no
// neighbours in memory, that would take several times longer than all the rest.
func loadSorted[T comparable](compare func(a, b T) int, degree int, items iter.Seq[T]) *btree.BTreeG[T] {
	var newest T // the one being loaded, behind all that are there
	loading := true
	t := btree.NewBTreeGOptions(func(a, b T) bool {
		if loading {
			return b == newest
		}
		return compare(a, b) < 0
	}, btree.Options{NoLocks: true, Degree: degree})
	for newest = range items {
		t.Load(newest)
	}
	loading = false
	return t
}
