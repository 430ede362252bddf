package projections

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"accountd/commands"
)

// ErrCursor is returned by [ParseCursor] for a text that is not a cursor of a list in that order.
var ErrCursor = errors.New("no cursor of a list in this order")

// Cursor is a place in the order of a list: right behind a user, as that user was. It stays there whatever happens to
// the user.
//
// A cursor holds the beginnings of long texts only. It then finds its place by the user, who most likely has them
// still; when the user has not, it stands before all whose texts begin alike, of whom some may be seen twice and none
// is missed.
type Cursor struct {
	sorts  []Sort
	values []value // of the sort keys
	number int64
	short  []bool // which values are only the beginning of a text
	digest digest // of the whole values, when some are short
}

// digest tells whole values from others.
type digest [12]byte

// maxText is how much of a text a cursor holds, in bytes: with [maxSorts] of them it is less than 1 kB of base64.
const maxText = 128

// cursorForm is the form of cursors as text: this byte, the number, the sort keys with their values, and the digest if
// any is short.
const cursorForm = 1

// CursorBehind returns the cursor behind the user in a list that is sorted so, as text for a URL of at most 1 kB.
func CursorBehind(u *commands.User, sorts []Sort) string {
	b := binary.AppendUvarint([]byte{cursorForm}, uint64(u.Number))
	b = append(b, byte(len(sorts)))
	shortened := false
	for _, s := range sorts {
		def, _ := define(s.Field)
		text := def.write(def.valueOf(u))
		short := len(text) > maxText
		shortened = shortened || short
		b = appendText(b, string(s.Field))
		b = append(b, flag(s.Descending), flag(short))
		b = appendText(b, text[:min(len(text), maxText)])
	}
	if shortened {
		sum := digestOf(u, sorts)
		b = append(b, sum[:]...)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func flag(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func digestOf(u *commands.User, sorts []Sort) (d digest) {
	var b []byte
	for _, s := range sorts {
		def, _ := define(s.Field)
		b = appendText(b, def.write(def.valueOf(u)))
	}
	sum := sha256.Sum256(b)
	copy(d[:], sum[:])
	return d
}

// ParseCursor reads what [CursorBehind] returned for a list that is sorted so. It returns [ErrCursor].
func ParseCursor(text string, sorts []Sort) (*Cursor, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrCursor
	}
	r := cursorReader{left: decoded}
	form := r.byte()
	c := &Cursor{sorts: sorts, number: int64(r.uvarint())}
	if count := r.byte(); form != cursorForm || c.number < 1 || int(count) != len(sorts) {
		return nil, ErrCursor
	}
	shortened := false
	for _, s := range sorts {
		v, short := r.value(s)
		c.values, c.short = append(c.values, v), append(c.short, short)
		shortened = shortened || short
	}
	if shortened {
		copy(c.digest[:], r.next(len(c.digest)))
	}
	if r.failed || len(r.left) > 0 {
		return nil, ErrCursor
	}
	return c, nil
}

// cursorReader reads a cursor. Once it has failed, what it reads is empty.
type cursorReader struct {
	left   []byte
	failed bool
}

func (r *cursorReader) next(n int) []byte {
	if r.failed || n > len(r.left) {
		r.failed = true
		return nil
	}
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (r *cursorReader) byte() byte {
	if b := r.next(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *cursorReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.left)
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.next(n)
	return v
}

func (r *cursorReader) text() string { return string(r.next(int(min(r.uvarint(), math.MaxInt32)))) }

// value reads the value of a sort key, and whether it is only the beginning of one.
func (r *cursorReader) value(s Sort) (v value, short bool) {
	field, descending, cut, text := r.text(), r.byte(), r.byte(), r.text()
	def, ok := define(s.Field)
	if !ok || def.texts != nil || field != string(s.Field) || descending != flag(s.Descending) || cut > 1 ||
		cut == 1 && def.text == nil {
		r.failed = true
		return v, false
	}
	if def.text != nil {
		return value{text: text}, cut == 1 // it is folded already
	}
	v, err := def.parse(text)
	r.failed = r.failed || err != nil
	return v, false
}

// write returns the value as parse reads it.
func (d definition) write(v value) string {
	switch {
	case d.number != nil:
		return strconv.FormatInt(v.number, 10)
	case d.moment != nil:
		return v.moment.Format(time.RFC3339Nano)
	case d.truth != nil:
		return strconv.FormatBool(v.truth)
	case d.id != nil:
		return v.id.String()
	}
	return v.text
}

// in returns the cursor for a list of the Snapshot: with whole values when its user has them still.
func (c *Cursor) in(s *Snapshot) *Cursor {
	if c == nil || !slices.Contains(c.short, true) {
		return c
	}
	u := s.UserByNumber(c.number)
	if u == nil || digestOf(u, c.sorts) != c.digest {
		return c
	}
	whole := &Cursor{sorts: c.sorts, number: c.number, short: make([]bool, len(c.short))}
	for _, s := range c.sorts {
		def, _ := define(s.Field)
		whole.values = append(whole.values, def.valueOf(u))
	}
	return whole
}

// before reports whether the cursor stands before the user in the list.
func (c *Cursor) before(u *commands.User) bool {
	for i, s := range c.sorts {
		def, _ := define(s.Field)
		if c.short[i] && strings.HasPrefix(commands.Folded(def.text(u)), c.values[i].text) {
			return true // it may have stood before the user or behind
		}
		if c := def.compareTo(u, c.values[i]); c != 0 {
			return c < 0 == s.Descending
		}
		if s.Field == Number || s.Field == ID {
			return false // it is the same user, whatever has changed of what is sorted by next
		}
	}
	if len(c.sorts) > 0 && c.sorts[0].Descending { // then users with equal values stand backwards, too
		return u.Number < c.number
	}
	return u.Number > c.number
}

// place returns how many of n users in the list's order stand before the cursor; without a cursor, none.
func (c *Cursor) place(n int, at func(int) *commands.User) int {
	if c == nil {
		return 0
	}
	return sort.Search(n, func(i int) bool { return c.before(at(i)) })
}
