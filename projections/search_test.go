package projections_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

// indexed are the fields that have text indexes, and Any, which is answered from theirs.
var indexed = []projections.Field{projections.ID, projections.Username, projections.Email, projections.FirstName,
	projections.LastName,
	projections.DisplayName, projections.Name, projections.Phone, projections.ExternalID, projections.Any}

// looked draws a filter that looks for parts of texts.
func looked(t *rapid.T) projections.Filter {
	part := rapid.OneOf(rapid.SampledFrom([]string{"a", "N", "an", "ann", "Änn", "anna", "bo", "new", "user1", "r1",
		"1", "12", "@", "example.org",
		"u1@", "x", "zan", "zaneta", "žan", "-4", "-5", "+48", "8 6", "no such", "\x00", "n\x00", "a\x00b", "\xff",
		"ół", "本", "本 a"}), rapid.StringMatching(`[an0-9-]{1,3}`))
	return filter(t, rapid.SampledFrom(indexed).Draw(t, "field"),
		rapid.SampledFrom([]projections.Op{projections.Contains, projections.Prefix}).Draw(t, "op"),
		rapid.SliceOfN(part, 0, 3).Draw(t, "parts")...)
}

func filter(t require.TestingT, f projections.Field, op projections.Op, values ...string) projections.Filter {
	out, err := projections.NewFilter(f, op, values...)
	require.NoError(t, err)
	return out
}

// kept are the numbers of those whom all filters keep.
func kept(users []*commands.User, filters ...projections.Filter) []int64 {
	return numbers(slices.DeleteFunc(slices.Clone(users), func(u *commands.User) bool { return !passes(filters, u) }))
}

// searching draws a View of the history that has indexed texts on the way, in segments of all ages.
func searching(t *rapid.T, h *history) *projections.View {
	size := rapid.IntRange(1, 6)
	v := projections.NewSmallView(size.Draw(t, "freeze"), rapid.IntRange(0, 3).Draw(t, "fetch"), size.Draw(t, "missed"))
	v.Open()
	for rest := h.records; len(rest) > 0; {
		n := rapid.IntRange(1, min(len(rest), 8)).Draw(t, "applied at once")
		require.NoError(t, v.Apply(rest[:n]))
		rest = rest[n:]
		if rapid.Bool().Draw(t, "asked") {
			_, err := v.List(projections.Query{Scope: everyone, Filters: []projections.Filter{looked(t)}})
			require.NoError(t, err)
		}
		if rapid.Bool().Draw(t, "settled") {
			v.Settle()
		}
	}
	return v
}

func TestSearchFindsWhatMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := searching(t, steps(t))
		for range 5 {
			a, b := looked(t), looked(t)
			if v.Snapshot().Len() >= 6 { // enough for any View drawn
				ask(t, v, a, b)
				requireFoundAnyway(t, v, a, b)
			}
		}
	})
}

// requireFoundAnyway takes it that text indexes do without numbers that are too large for them.
func requireFoundAnyway(t *rapid.T, v *projections.View, a, b projections.Filter) {
	s := v.Snapshot()
	if s.LastNumber(events.UserNumber) <= math.MaxUint32 {
		requireFound(t, v, a, b)
		return
	}
	_, left := s.Search(a, b)
	require.Equal(t, 2, left)
	page, err := v.List(projections.Query{Scope: everyone, Filters: []projections.Filter{a, b}, Limit: s.Len()})
	require.NoError(t, err)
	require.Equal(t, kept(s.Everybody(), a, b), numbers(page.Users))
}

// ask has the filters' indexes built.
func ask(t require.TestingT, v *projections.View, filters ...projections.Filter) {
	_, err := v.List(projections.Query{Scope: everyone, Filters: filters})
	require.NoError(t, err)
	v.Settle()
}

// TestSearchBesideTheWriter looks for texts while users come, change, change back and go.
func TestSearchBesideTheWriter(t *testing.T) {
	v := projections.NewSmallView(64, 10, 50)
	v.Open()
	h := turmoil(6000)
	var filters []projections.Filter
	for _, field := range indexed {
		for _, part := range []string{"ann", "a", "@example.org", "7", "12", "user", "b1-4"} {
			filters = append(filters, filter(t, field, projections.Contains, part))
		}
	}
	var readers sync.WaitGroup
	written := make(chan struct{})
	for i := range 3 {
		readers.Go(func() {
			for j := i; ; j++ {
				a, b := filters[j%len(filters)], filters[j*j%len(filters)]
				page, err := v.List(projections.Query{Scope: everyone, Filters: []projections.Filter{a}, Limit: 5,
					Offset: j % 7, Sort: []projections.Sort{{Field: projections.Email, Descending: j%2 == 0}}})
				require.NoError(t, err)
				require.Len(t, kept(page.Users, a), len(page.Users))
				s := v.Snapshot()
				if found, left := s.Search(a, b); left == 0 {
					require.Equal(t, kept(s.Everybody(), a, b), found)
				}
				select {
				case <-written:
					return
				default:
				}
			}
		})
	}
	for rest := h.records; len(rest) > 0; {
		n := min(len(rest), 1+len(rest)%3)
		require.NoError(t, v.Apply(rest[:n]))
		rest = rest[n:]
	}
	close(written)
	readers.Wait()
	ask(t, v, filters...)
	for _, f := range filters {
		requireFound(t, v, f)
	}
}

// turmoil is a history of so many records of a growing number of users.
func turmoil(n int) *history {
	h := &history{}
	words := []string{"Ann", "Anna", "", "Bob", "Hannah"}
	for i := range n {
		switch word := words[i/7%len(words)]; {
		case i%3 == 0:
			h.number++
			id := uuid.NewSHA1(uuid.Nil, []byte(fmt.Sprint(i)))
			h.alive = append(h.alive, id)
			h.add(id, events.UserCreated{Number: h.number, Username: fmt.Sprint("user", h.number),
				Email: fmt.Sprintf("u%d@example.org", h.number), FirstName: word})
		case i%31 == 30:
			k := i * 13 % len(h.alive)
			h.add(h.alive[k], events.UserDeleted{})
			h.alive = slices.Delete(h.alive, k, k+1)
		default:
			h.add(h.alive[i*i%len(h.alive)], events.ProfileUpdated{LastName: &word,
				Phone: the(fmt.Sprint("+48 600 ", i%100)), ExternalID: the(fmt.Sprint(word, i))})
		}
	}
	return h
}

// TestBroadPatternsAreRemembered looks for what most have, again and again, while some change.
func TestBroadPatternsAreRemembered(t *testing.T) {
	h := turmoil(15_000)
	v := projections.NewSmallView(100, 10, 5)
	require.NoError(t, v.Apply(h.records[:14_000]))
	v.Open()
	filters := []projections.Filter{filter(t, projections.Any, projections.Contains, "user"),
		filter(t, projections.Email, projections.Contains, "1"),
		filter(t, projections.Email, projections.Contains, "example"), filter(t, projections.Email, projections.Prefix,
			"example")}
	ask(t, v, filters...)
	for i, r := range h.records[14_000:] {
		require.NoError(t, v.Apply([]events.Record{r}))
		if i%50 == 0 {
			for _, f := range filters {
				requireFound(t, v, f)
			}
		}
	}
}

// requireFound compares what the indexes find with what one finds looking at every user.
func requireFound(t require.TestingT, v *projections.View, filters ...projections.Filter) {
	s := v.Snapshot()
	found, left := s.Search(filters...)
	require.Zero(t, left, "the indexes answer")
	require.Equal(t, kept(s.Everybody(), filters...), found, "%+q", filters)
}

// TestAwkwardTexts looks for every part of texts that are short, empty or hold zeros.
func TestAwkwardTexts(t *testing.T) {
	texts := []string{"", " ", "a", "ab", "abc", "abcd", "ab\x00", "\x00", "\x00\x00a", "aaaaaaa", "ÄB", "ß", "日本",
		"a\xffb"}
	h := &history{}
	for i, text := range texts {
		h.add(uuid.New(), events.UserCreated{Number: int64(i + 1), Username: fmt.Sprint("u", i),
			Email: fmt.Sprint("e", i), Phone: text})
	}
	v := projections.NewSmallView(1, 0, 0)
	require.NoError(t, v.Apply(h.records))
	v.Open()
	ask(t, v, filter(t, projections.Phone, projections.Contains, "a"))
	for _, text := range texts {
		for from := range len(text) {
			for to := from + 1; to <= len(text); to++ {
				for _, op := range []projections.Op{projections.Contains, projections.Prefix} {
					if f := filter(t, projections.Phone, op, text[from:to]); commands.Folded(text[from:to]) != "" {
						requireFound(t, v, f)
					}
				}
			}
		}
	}
}

// TestPagesOfWhatWasFound turns the pages of many and of few, alone and among other filters and in scopes, in many
// orders.
func TestPagesOfWhatWasFound(t *testing.T) {
	v := projections.NewSmallView(100, 10, 5)
	h := turmoil(3000)
	require.NoError(t, v.Apply(h.records))
	v.Open()
	for _, filters := range [][]projections.Filter{
		{filter(t, projections.Email, projections.Contains, "example")},
		{filter(t, projections.Any, projections.Contains, "77", "12")},
		{filter(t, projections.Name, projections.Contains, "nn"), filter(t, projections.Email, projections.Prefix,
			"u1")},
		{filter(t, projections.Email, projections.Contains, "1"), filter(t, projections.Number, projections.Gte,
			"500")},
		{filter(t, projections.Email, projections.Contains, "99"), filter(t, projections.Active, projections.Eq,
			"false")},
		{filter(t, projections.Email, projections.Contains, "9"), filter(t, projections.Username, projections.Prefix,
			"user1")},
	} {
		ask(t, v, filters...)
		for _, field := range []projections.Field{projections.Number, projections.Username, projections.LastName,
			projections.UpdatedAt} {
			for _, descending := range []bool{false, true} {
				q := projections.Query{Scope: everyone, Filters: filters,
					Sort: []projections.Sort{{Field: field, Descending: descending}}, Limit: 33}
				want := slices.DeleteFunc(v.Snapshot().Everybody(),
					func(u *commands.User) bool { return !passes(filters, u) })
				slices.SortFunc(want, byHand(q.Sort))
				for {
					page, err := v.List(q)
					require.NoError(t, err)
					require.Equal(t, len(want), page.Total)
					require.Equal(t, numbers(want[q.Offset:min(q.Offset+q.Limit, len(want))]), numbers(page.Users))
					if q.Offset += len(page.Users); len(page.Users) == 0 {
						break
					}
				}
			}
		}
	}
}

// TestTextIndexesStaySmall changes every user several times.
func TestTextIndexesStaySmall(t *testing.T) {
	v := projections.NewSmallView(8, 10, 5)
	v.Open()
	for _, r := range turmoil(6000).records {
		require.NoError(t, v.Apply([]events.Record{r}))
		if r.Sequence%16 == 0 {
			ask(t, v, filter(t, projections.ExternalID, projections.Prefix, "ann"))
			segments, delta := v.Snapshot().Sizes(projections.ExternalID)
			require.LessOrEqual(t, segments, 10)
			require.LessOrEqual(t, delta, 8)
		}
	}
}
