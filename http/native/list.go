package native

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"accountd/http/rest"
)

// list is one that is at hand as a whole, in the order of its elements' keys, of which each is another. A key stays as long as
// its element, so that a cursor, which holds the last one of a page, goes on at the right place whatever was added and deleted.
type list[T any] struct {
	name string // which its cursors have
	all  []T
	key  func(T) string
}

// numbered is a list that is in the order of numbers.
func numbered[T any](name string, all []T, number func(T) int64) list[T] {
	return list[T]{name: name, all: all, key: func(v T) string { return fmt.Sprintf("%019d", number(v)) }}
}

// keyed is a list that is put in the order of its keys.
func keyed[T any](name string, all []T, key func(T) string) list[T] {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return list[T]{name: name, all: sorted, key: key}
}

// oldest and newest are keys by which what is older or newer comes first.
func oldest(t time.Time, others ...any) string { return timeKey(t.UnixNano(), others) }
func newest(t time.Time, others ...any) string { return timeKey(math.MaxInt64-t.UnixNano(), others) }

func timeKey(n int64, others []any) string { return fmt.Sprintf("%019d %v", max(n, 0), others) }

// listCursor is the cursor of such a list, in JSON.
type listCursor struct {
	List string `json:"l"`
	Key  string `json:"k"`
}

func (c listCursor) String() string {
	text, _ := json.Marshal(c) // texts cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// readCursor returns the key that a cursor of the list of that name holds.
func readCursor(text, name string) (string, error) {
	var c listCursor
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(decoded, &c) != nil || c.List != name {
		return "", badParameter(cursorParameter, "cursor_invalid", "This is no cursor of this list.")
	}
	return c.Key, nil
}

// from returns where the page begins.
func (l list[T]) from(p page, cursor string) (int, error) {
	if cursor == "" {
		return min(p.offset, len(l.all)), nil
	}
	key, err := readCursor(cursor, l.name)
	if err != nil {
		return 0, err
	}
	at, found := slices.BinarySearchFunc(l.all, key, func(v T, key string) int { return strings.Compare(l.key(v), key) })
	if found {
		at++
	}
	return at, nil
}

// next returns the cursor of the page behind the one that ends there, nil when that is the last one.
func (l list[T]) next(from, end int) *string {
	if from == end || end == len(l.all) {
		return nil
	}
	next := listCursor{l.name, l.key(l.all[end-1])}.String()
	return &next
}

// writeList answers a request for a list.
func writeList[T, A any](w http.ResponseWriter, r *http.Request, l list[T], answer func(T) A) error {
	query, err := queryOf(r)
	if err != nil {
		return err
	}
	cursor, err := takeCursor(query)
	if err != nil {
		return err
	}
	p, err := takePage(r, query)
	if err != nil {
		return err
	}
	if err := noParameters(query); err != nil {
		return err
	}
	from, err := l.from(p, cursor)
	if err != nil {
		return err
	}
	end := from + min(p.limit, len(l.all)-from)
	data := make([]A, 0, end-from)
	for _, v := range l.all[from:end] {
		data = append(data, answer(v))
	}
	meta := p.meta(len(l.all))
	meta.NextCursor = l.next(from, end)
	p.linkAround(w, meta, cursor != "")
	return rest.Write(w, http.StatusOK, listAnswer[A]{Data: data, Meta: meta})
}
