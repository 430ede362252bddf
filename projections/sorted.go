package projections

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"accountd/commands"
)

// keySize is how many bytes of its sort values are compared without looking at the user itself.
const keySize = 24

type sortKey [keySize / 8]uint64

// sorted returns the users in the order. A million users are sorted several times faster by their first values, packed,
// than by fetching two of them from memory, and folding their texts, for every comparison.
func (o order) sorted(users []*commands.User) []*commands.User {
	type keyed struct {
		key  sortKey
		text string // folded, of the text that the key only begins with
		user *commands.User
	}
	p := o.packing()
	all := make([]keyed, len(users))
	for i, u := range users {
		key, text := p.pack(u)
		all[i] = keyed{key, text, u}
	}
	behind := order{sorts: o.sorts[min(p.packed, len(o.sorts)):]}.compare()
	slices.SortFunc(all, func(a, b keyed) int {
		for i := range a.key {
			if c := cmp.Compare(a.key[i], b.key[i]); c != 0 {
				return c
			}
		}
		if c := strings.Compare(a.text, b.text); c != 0 && p.descending {
			return -c
		} else if c != 0 {
			return c
		}
		return behind(a.user, b.user)
	})
	out := make([]*commands.User, len(all))
	for i, k := range all {
		out[i] = k.user
	}
	return out
}

// packing tells how an order's values go into a sortKey: exact ones until it is full, or one text, which ends it.
type packing struct {
	exact      []definition
	flip       []bool      // which of them descend
	text       *definition // nil for none
	descending bool        // the text does
	packed     int         // how many of the order's sort keys are compared without the user
}

func (o order) packing() packing {
	var p packing
	space := keySize
	for _, s := range slices.Concat(o.sorts, []Sort{{Field: Number}}) {
		def, _ := define(s.Field)
		if def.text != nil {
			p.text, p.descending = &def, s.Descending
			p.packed++
			break
		}
		if space -= def.size(); space < 0 {
			break
		}
		p.exact, p.flip = append(p.exact, def), append(p.flip, s.Descending)
		p.packed++
	}
	return p
}

// pack returns the user's key, and the whole of the text that it may hold only the beginning of.
func (p packing) pack(u *commands.User) (key sortKey, text string) {
	var full [2 * keySize]byte
	b := full[:0]
	for i, def := range p.exact {
		from := len(b)
		b = def.appendSortable(b, u)
		flip(b[from:], p.flip[i])
	}
	if p.text != nil {
		text = commands.Folded(p.text.text(u))
		rest := full[len(b):keySize]
		copy(rest, text)
		flip(rest, p.descending)
	}
	for i := range key {
		key[i] = binary.BigEndian.Uint64(full[8*i:])
	}
	return key, text
}

func flip(b []byte, descending bool) {
	if !descending {
		return
	}
	for i := range b {
		b[i] = ^b[i]
	}
}

// size returns how many bytes appendSortable appends.
func (d definition) size() int {
	switch {
	case d.id != nil:
		return 16
	case d.truth != nil:
		return 1
	}
	return 8
}

// appendSortable appends the field's value, which is no text, as bytes that compare like the value.
func (d definition) appendSortable(b []byte, u *commands.User) []byte {
	const sign = 1 << 63
	switch {
	case d.number != nil:
		return binary.BigEndian.AppendUint64(b, uint64(d.number(u))^sign)
	case d.moment != nil:
		return binary.BigEndian.AppendUint64(b, uint64(d.moment(u).UnixNano())^sign)
	case d.truth != nil && d.truth(u):
		return append(b, 1)
	case d.truth != nil:
		return append(b, 0)
	}
	id := d.id(u)
	return append(b, id[:]...)
}
