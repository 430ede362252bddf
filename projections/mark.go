package projections

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"time"

	"accountd/commands"
)

// ErrMark is returned by [ParseMark] for a text that is not a mark of a list in that order.
var ErrMark = errors.New("no mark of a list in this order")

// Mark is a place in the order of a list: right behind a user, as that user was. It stays there whatever happens to the user.
type Mark struct {
	sorts  []Sort
	values []value // of the sort keys
	number int64
}

// written is a Mark as text, in JSON.
type written struct {
	Sorts  []Sort   `json:"s,omitempty"`
	Values []string `json:"v,omitempty"`
	Number int64    `json:"n"`
}

// MarkBehind returns the mark behind the user in a list that is sorted so, as text for a URL.
func MarkBehind(u *commands.User, sorts []Sort) string {
	w := written{Sorts: sorts, Number: u.Number}
	for _, s := range sorts {
		def, _ := define(s.Field)
		w.Values = append(w.Values, def.write(def.valueOf(u)))
	}
	text, _ := json.Marshal(w) // texts and numbers cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// ParseMark reads what [MarkBehind] returned for a list that is sorted so. It returns [ErrMark].
func ParseMark(text string, sorts []Sort) (*Mark, error) {
	var w written
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(decoded, &w) != nil || len(w.Sorts) != len(sorts) || len(w.Values) != len(sorts) || w.Number < 1 {
		return nil, ErrMark
	}
	m := &Mark{sorts: sorts, number: w.Number}
	for i, s := range sorts {
		def, ok := define(s.Field)
		if !ok || def.texts != nil || s != w.Sorts[i] {
			return nil, ErrMark
		}
		v, err := def.parse(w.Values[i])
		if err != nil {
			return nil, fmt.Errorf("%w: %s", ErrMark, s.Field)
		}
		m.values = append(m.values, v)
	}
	return m, nil
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

// before reports whether the mark stands before the user in the list.
func (m *Mark) before(u *commands.User) bool {
	for i, s := range m.sorts {
		def, _ := define(s.Field)
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
