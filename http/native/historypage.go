package native

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"accountd/http/native/call"
	"accountd/projections/past"
)

// historyQuery is what is asked of a history: a page of a part of it.
type historyQuery struct {
	limit         int
	oldest        bool    // first; otherwise the newest
	after, before *uint64 // sequences, nil: no bound
	// at is the sequence behind which the page begins, a negative one: before which it ends, 0: the order's beginning.
	at     int64
	path   string
	others string // the parameters that all pages have, encoded
}

// readHistoryQuery reads limit, sort, after, before and cursor.
func readHistoryQuery(r *http.Request) (s historyQuery, err error) {
	query, err := call.QueryOf(r)
	if err != nil {
		return s, err
	}
	s.path, s.others = r.URL.EscapedPath(), call.Without(call.RawQuery(r), "limit", call.CursorParameter)
	if s.limit, err = call.TakeCount(query, "limit", call.DefaultLimit); err != nil {
		return s, err
	}
	s.limit = min(s.limit, call.MaxLimit)
	if s.after, err = bound(query, "after"); err != nil {
		return s, err
	}
	if s.before, err = bound(query, "before"); err != nil {
		return s, err
	}
	switch order, err := call.Single(query, "sort"); {
	case err != nil:
		return s, err
	case order == "sequence":
		s.oldest = true
	case query.Has("sort") && order != "-sequence":
		return s, call.BadParameter("sort", "sort_invalid", "A history is sorted by sequence or -sequence.")
	}
	query.Del("sort")
	cursor, err := call.TakeCursor(query)
	if err != nil {
		return s, err
	}
	if s.at, err = placeOf(cursor); err != nil {
		return s, err
	}
	return s, call.NoParameters(query)
}

// bound takes a sequence out of the query, nil when there is none.
func bound(query url.Values, name string) (*uint64, error) {
	if !query.Has(name) {
		return nil, nil
	}
	text, err := call.Single(query, name)
	if err != nil {
		return nil, err
	}
	query.Del(name)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, call.BadParameter(name, "sequence_invalid", "A sequence is a whole number.")
	}
	return &n, nil
}

// historyList is the name of a history's cursors, whose key is the place of a page.
const historyList = "history"

// placeOf reads a cursor, 0 for none.
func placeOf(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	key, err := call.ReadCursor(cursor, historyList)
	if err != nil {
		return 0, err
	}
	at, err := strconv.ParseInt(key, 10, 64)
	if err != nil || at == 0 || at == math.MinInt64 {
		return 0, call.BadParameter(call.CursorParameter, "cursor_invalid", "This is no cursor of this list.")
	}
	return at, nil
}

// historyPage is a page of a history, by the indexes of its records.
type historyPage struct {
	low, high int // those between the bounds
	from, to  int // those of the page
}

// of returns the page that was asked for.
func (s historyQuery) of(life past.Life) historyPage {
	p := historyPage{low: 0, high: len(life.Records)}
	if s.after != nil {
		p.low = indexAbove(life, *s.after)
	}
	if s.before != nil {
		p.high = max(p.low, indexOf(life, *s.before))
	}
	p.from, p.to = p.low, p.high
	upwards := s.oldest
	switch {
	case s.at > 0:
		p.from, upwards = min(max(p.low, indexAbove(life, uint64(s.at))), p.high), true
	case s.at < 0:
		p.to, upwards = max(min(p.high, indexOf(life, uint64(-s.at))), p.low), false
	}
	if upwards {
		p.to = min(p.to, p.from+s.limit)
	} else {
		p.from = max(p.from, p.to-s.limit)
	}
	return p
}

// indexOf returns the index of the first record of at least that sequence.
func indexOf(life past.Life, sequence uint64) int {
	return sort.Search(len(life.Records), func(i int) bool { return life.Records[i].Sequence >= sequence })
}

// indexAbove returns the index of the first record behind that sequence.
func indexAbove(life past.Life, sequence uint64) int {
	return indexOf(life, sequence+min(1, math.MaxUint64-sequence))
}

// more reports whether there are records below the page, or above it. Beside a page of nothing there is none.
func (p historyPage) more(below bool) bool {
	if below {
		return p.low < p.from && p.from < p.to
	}
	return p.from < p.to && p.to < p.high
}

// cursor returns the one of the page below this one, or above it.
func (p historyPage) cursor(life past.Life, below bool) string {
	at := int64(life.Records[p.to-1].Sequence)
	if below {
		at = -int64(life.Records[p.from].Sequence)
	}
	return call.ListCursor{List: historyList, Key: strconv.FormatInt(at, 10)}.String()
}

// link returns the link to a page (RFC 8288).
func (s historyQuery) link(rel, cursor string) string {
	parameters := []string{call.CursorParameter + "=" + cursor, "limit=" + strconv.Itoa(s.limit)}
	if s.others != "" {
		parameters = append(parameters, strings.Split(s.others, "&")...)
	}
	slices.Sort(parameters)
	return "<" + s.path + "?" + strings.Join(parameters, "&") + `>; rel="` + rel + `"`
}
