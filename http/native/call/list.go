package call

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

// List is one that is at hand as a whole, in the order of its elements' keys, of which each is another. A key stays as
// long as its element, so that a cursor, which holds the last one of a page, goes on at the right place whatever was
// added and deleted.
type List[T any] struct {
	name string // which its cursors have
	all  []T
	key  func(T) string
}

// Numbered is a list that is in the order of numbers.
func Numbered[T any](name string, all []T, number func(T) int64) List[T] {
	return List[T]{name: name, all: all, key: func(v T) string { return fmt.Sprintf("%019d", number(v)) }}
}

// Keyed is a list that is put in the order of its keys.
func Keyed[T any](name string, all []T, key func(T) string) List[T] {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	return List[T]{name: name, all: sorted, key: key}
}

// Oldest and newest are keys by which what is older or newer comes first.
func Oldest(t time.Time, others ...any) string { return timeKey(t.UnixNano(), others) }
func Newest(t time.Time, others ...any) string { return timeKey(math.MaxInt64-t.UnixNano(), others) }

func timeKey(n int64, others []any) string { return fmt.Sprintf("%019d %v", max(n, 0), others) }

// ListCursor is the cursor of such a list, in JSON.
type ListCursor struct {
	List string `json:"l"`
	Key  string `json:"k"`
}

func (c ListCursor) String() string {
	text, _ := json.Marshal(c) // texts cannot fail
	return base64.RawURLEncoding.EncodeToString(text)
}

// ReadCursor returns the key that a cursor of the list of that name holds.
func ReadCursor(text, name string) (string, error) {
	var c ListCursor
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(decoded, &c) != nil || c.List != name {
		return "", BadParameter(CursorParameter, "cursor_invalid", "This is no cursor of this list.")
	}
	return c.Key, nil
}

// from returns where the page begins.
func (l List[T]) from(p Page, cursor string) (int, error) {
	if cursor == "" {
		return min(p.Offset, len(l.all)), nil
	}
	key, err := ReadCursor(cursor, l.name)
	if err != nil {
		return 0, err
	}
	at, found := slices.BinarySearchFunc(l.all, key,
		func(v T, key string) int { return strings.Compare(l.key(v), key) })
	if found {
		at++
	}
	return at, nil
}

// next returns the cursor of the page behind the one that ends there, nil when that is the last one.
func (l List[T]) next(from, end int) *string {
	if from == end || end == len(l.all) {
		return nil
	}
	next := ListCursor{l.name, l.key(l.all[end-1])}.String()
	return &next
}

// WriteList answers a request for a list.
func WriteList[T, A any](w http.ResponseWriter, r *http.Request, l List[T], answer func(T) A) error {
	query, err := QueryOf(r)
	if err != nil {
		return err
	}
	cursor, err := TakeCursor(query)
	if err != nil {
		return err
	}
	p, err := TakePage(r, query)
	if err != nil {
		return err
	}
	if err := NoParameters(query); err != nil {
		return err
	}
	from, err := l.from(p, cursor)
	if err != nil {
		return err
	}
	end := from + min(p.Limit, len(l.all)-from)
	data := make([]A, 0, end-from)
	for _, v := range l.all[from:end] {
		data = append(data, answer(v))
	}
	meta := p.Meta(len(l.all))
	meta.NextCursor = l.next(from, end)
	p.LinkAround(w, meta, cursor != "")
	return rest.Write(w, http.StatusOK, ListAnswer[A]{Data: data, Meta: meta})
}
