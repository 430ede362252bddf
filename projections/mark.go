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

// ErrMark is returned by [ParseMark] for a text that is not a mark of a list in that order.
var ErrMark = errors.New("no mark of a list in this order")

// Mark is a place in the order of a list: right behind a user, as that user was. It stays there whatever happens to the user.
//
// A mark holds the beginnings of long texts only. It then finds its place by the user, who most likely has them still; when
// the user has not, it stands before all whose texts begin alike, of whom some may be seen twice and none is missed.
type Mark struct {
	sorts  []Sort
	values []value // of the sort keys
	number int64
	short  []bool // which values are only the beginning of a text
	digest digest // of the whole values, when some are short
}

// digest tells whole values from others.
type digest [12]byte

// maxText is how much of a text a mark holds, in bytes: with [maxSorts] of them it is less than 1 kB of base64.
const maxText = 128

// markForm is the form of marks as text: this byte, the number, the sort keys with their values, and the digest if any is short.
const markForm = 1

// MarkBehind returns the mark behind the user in a list that is sorted so, as text for a URL of at most 1 kB.
func MarkBehind(u *commands.User, sorts []Sort) string {
	b := binary.AppendUvarint([]byte{markForm}, uint64(u.Number))
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

// ParseMark reads what [MarkBehind] returned for a list that is sorted so. It returns [ErrMark].
func ParseMark(text string, sorts []Sort) (*Mark, error) {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrMark
	}
	r := markReader{left: decoded}
	form := r.byte()
	m := &Mark{sorts: sorts, number: int64(r.uvarint())}
	if count := r.byte(); form != markForm || m.number < 1 || int(count) != len(sorts) {
		return nil, ErrMark
	}
	shortened := false
	for _, s := range sorts {
		v, short := r.value(s)
		m.values, m.short = append(m.values, v), append(m.short, short)
		shortened = shortened || short
	}
	if shortened {
		copy(m.digest[:], r.next(len(m.digest)))
	}
	if r.failed || len(r.left) > 0 {
		return nil, ErrMark
	}
	return m, nil
}

// markReader reads a mark. Once it has failed, what it reads is empty.
type markReader struct {
	left   []byte
	failed bool
}

func (r *markReader) next(n int) []byte {
	if r.failed || n > len(r.left) {
		r.failed = true
		return nil
	}
	b := r.left[:n]
	r.left = r.left[n:]
	return b
}

func (r *markReader) byte() byte {
	if b := r.next(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *markReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.left)
	if n <= 0 {
		r.failed = true
		return 0
	}
	r.next(n)
	return v
}

func (r *markReader) text() string { return string(r.next(int(min(r.uvarint(), math.MaxInt32)))) }

// value reads the value of a sort key, and whether it is only the beginning of one.
func (r *markReader) value(s Sort) (v value, short bool) {
	field, descending, cut, text := r.text(), r.byte(), r.byte(), r.text()
	def, ok := define(s.Field)
	if !ok || def.texts != nil || field != string(s.Field) || descending != flag(s.Descending) || cut > 1 || cut == 1 && def.text == nil {
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

// in returns the mark for a list of the Snapshot: with whole values when its user has them still.
func (m *Mark) in(s *Snapshot) *Mark {
	if m == nil || !slices.Contains(m.short, true) {
		return m
	}
	u := s.UserByNumber(m.number)
	if u == nil || digestOf(u, m.sorts) != m.digest {
		return m
	}
	whole := &Mark{sorts: m.sorts, number: m.number, short: make([]bool, len(m.short))}
	for _, s := range m.sorts {
		def, _ := define(s.Field)
		whole.values = append(whole.values, def.valueOf(u))
	}
	return whole
}

// before reports whether the mark stands before the user in the list.
func (m *Mark) before(u *commands.User) bool {
	for i, s := range m.sorts {
		def, _ := define(s.Field)
		if m.short[i] && strings.HasPrefix(commands.Folded(def.text(u)), m.values[i].text) {
			return true // it may have stood before the user or behind
		}
		if c := def.compareTo(u, m.values[i]); c != 0 {
			return c < 0 == s.Descending
		}
		if s.Field == Number || s.Field == ID {
			return false // it is the same user, whatever has changed of what is sorted by next
		}
	}
	if len(m.sorts) > 0 && m.sorts[0].Descending { // then users with equal values stand backwards, too
		return u.Number < m.number
	}
	return u.Number > m.number
}

// place returns how many of n users in the list's order stand before the mark; without a mark, none.
func (m *Mark) place(n int, at func(int) *commands.User) int {
	if m == nil {
		return 0
	}
	return sort.Search(n, func(i int) bool { return m.before(at(i)) })
}
