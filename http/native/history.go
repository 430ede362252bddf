package native

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"

	"accountd/http/rest"
	"accountd/projections/past"
)

// stretch is the part of a history that was asked for.
type stretch struct {
	limit         int
	oldest        bool    // first; otherwise the newest
	after, before *uint64 // sequences, nil: no bound
	path          string
	others        url.Values
}

func (a *api) getHistory(w http.ResponseWriter, r *http.Request, c caller) error {
	s, err := stretchOf(r)
	if err != nil {
		return err
	}
	id := userID(r)
	if err := c.mayReadPast(id); err != nil {
		return err
	}
	life, err := a.Past.Life(r.Context(), id)
	if err != nil {
		return err
	}
	if len(life.Records) == 0 {
		return noSuchUser()
	}
	from, to := s.window(w, life)
	d := differ{names: c.states.Directory(), api: a}
	data := make([]historyAnswer, 0, to-from)
	for i := from; i < to; i++ {
		data = append(data, d.entry(life, i))
	}
	if !s.oldest {
		slices.Reverse(data)
	}
	answer := historyListAnswer{Data: data}
	answer.Meta.Total, answer.Meta.Limit, answer.Meta.NextCursor = len(life.Records), s.limit, s.nextCursor(life, from, to)
	return rest.Write(w, http.StatusOK, answer)
}

// stretchOf reads limit, sort, after and before.
func stretchOf(r *http.Request) (s stretch, err error) {
	query, err := queryOf(r)
	if err != nil {
		return s, err
	}
	if s.limit, err = count(query, "limit", defaultLimit); err != nil {
		return s, err
	}
	s.limit = min(s.limit, maxLimit)
	if s.after, err = bound(query, "after"); err != nil {
		return s, err
	}
	if s.before, err = bound(query, "before"); err != nil {
		return s, err
	}
	switch order, err := single(query, "sort"); {
	case err != nil:
		return s, err
	case order == "sequence":
		s.oldest = true
	case query.Has("sort") && order != "-sequence":
		return s, badParameter("sort", "sort_invalid", "A history is sorted by sequence or -sequence.")
	}
	s.path, s.others = r.URL.EscapedPath(), url.Values{}
	if query.Has("sort") {
		s.others.Set("sort", query.Get("sort"))
	}
	query.Del("sort")
	if err := s.takeCursor(query); err != nil {
		return s, err
	}
	return s, noParameters(query)
}

// historyList is the name of a history's cursors, whose key is a sequence.
const historyList = "history"

// takeCursor takes the cursor out of the query. It is the bound that the order comes from.
func (s *stretch) takeCursor(query url.Values) error {
	cursor, err := takeCursor(query)
	if err != nil || cursor == "" {
		return err
	}
	key, err := readCursor(cursor, historyList)
	if err != nil {
		return err
	}
	sequence, err := strconv.ParseUint(key, 10, 64)
	if err != nil {
		return badParameter(cursorParameter, "cursor_invalid", "This is no cursor of this list.")
	}
	if s.oldest {
		s.after = &sequence
	} else {
		s.before = &sequence
	}
	return nil
}

// nextCursor returns the cursor of the page behind this one, nil when it is the last one between the bounds.
func (s stretch) nextCursor(life past.Life, from, to int) *string {
	low, high := 0, len(life.Records)
	if s.after != nil {
		low = indexOf(life, *s.after+min(1, math.MaxUint64-*s.after))
	}
	if s.before != nil {
		high = indexOf(life, *s.before)
	}
	at := from
	if s.oldest {
		at = to - 1
	}
	if from == to || s.oldest && to >= high || !s.oldest && from <= low {
		return nil
	}
	next := listCursor{historyList, strconv.FormatUint(life.Records[at].Sequence, 10)}.String()
	return &next
}

// bound takes a sequence out of the query, nil when there is none.
func bound(query url.Values, name string) (*uint64, error) {
	if !query.Has(name) {
		return nil, nil
	}
	text, err := single(query, name)
	if err != nil {
		return nil, err
	}
	query.Del(name)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil, badParameter(name, "sequence_invalid", "A sequence is a whole number.")
	}
	return &n, nil
}

// window returns which of the records the page has, and sets the links to those around it. A page with one bound is next
// to that bound; otherwise it begins where the order does.
func (s stretch) window(w http.ResponseWriter, life past.Life) (from, to int) {
	low, high := 0, len(life.Records)
	if s.after != nil {
		low = indexOf(life, *s.after+min(1, math.MaxUint64-*s.after))
	}
	if s.before != nil {
		high = max(low, indexOf(life, *s.before))
	}
	from, to = low, high
	upwards := s.oldest
	if (s.after == nil) != (s.before == nil) {
		upwards = s.after != nil
	}
	if upwards {
		to = min(to, from+s.limit)
	} else {
		from = max(from, to-s.limit)
	}
	if from < to {
		s.link(w, life, from, to, low, high)
	}
	return from, to
}

// indexOf returns the index of the first record of at least that sequence.
func indexOf(life past.Life, sequence uint64) int {
	return sort.Search(len(life.Records), func(i int) bool { return life.Records[i].Sequence >= sequence })
}

// link sets the links to the older and the newer records (RFC 8288); a page between two bounds stays between them.
func (s stretch) link(w http.ResponseWriter, life past.Life, from, to, low, high int) {
	both := s.after != nil && s.before != nil
	if !both {
		low, high = 0, len(life.Records)
	}
	older, newer := "next", "prev"
	if s.oldest {
		older, newer = newer, older
	}
	var after, before *uint64
	if both {
		after, before = s.after, s.before
	}
	if from > low {
		w.Header().Add("Link", s.to(older, after, &life.Records[from].Sequence))
	}
	if to < high {
		w.Header().Add("Link", s.to(newer, &life.Records[to-1].Sequence, before))
	}
}

func (s stretch) to(rel string, after, before *uint64) string {
	query := url.Values{"limit": {strconv.Itoa(s.limit)}}
	for name, values := range s.others {
		query[name] = values
	}
	for name, sequence := range map[string]*uint64{"after": after, "before": before} {
		if sequence != nil {
			query.Set(name, strconv.FormatUint(*sequence, 10))
		}
	}
	return "<" + s.path + "?" + query.Encode() + `>; rel="` + rel + `"`
}
