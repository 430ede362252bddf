package projections_test

import (
	"fmt"
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
var indexed = []projections.Field{projections.ID, projections.Username, projections.Email, projections.FirstName, projections.LastName,
	projections.DisplayName, projections.Name, projections.Phone, projections.ExternalID, projections.Any}

// looked draws a filter that looks for parts of texts.
func looked(t *rapid.T) projections.Filter {
	part := rapid.OneOf(rapid.SampledFrom([]string{"a", "N", "an", "ann", "Änn", "anna", "bo", "new", "user1", "r1", "1", "12", "@", "example.org",
		"u1@", "x", "zan", "zaneta", "žan", "-4", "-5", "+48", "8 6", "no such", "\x00", "n\x00", "a\x00b", "\xff"}), rapid.StringMatching(`[an0-9-]{1,3}`))
	f, err := projections.NewFilter(rapid.SampledFrom(indexed).Draw(t, "field"),
		rapid.SampledFrom([]projections.Op{projections.Contains, projections.Contains, projections.Prefix}).Draw(t, "op"),
		rapid.SliceOfN(part, 0, 3).Draw(t, "parts")...)
	require.NoError(t, err)
	return f
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
			if everybody := v.Snapshot().Everybody(); len(everybody) >= 6 { // enough for any View drawn
				ask(t, v, a, b)
				found, left := v.Snapshot().Search(a, b)
				require.Zero(t, left, "the indexes answer")
				require.Equal(t, kept(everybody, a, b), found)
			}
		}
	})
}

// ask has the filters' indexes built.
func ask(t require.TestingT, v *projections.View, filters ...projections.Filter) {
	_, err := v.List(projections.Query{Scope: everyone, Filters: filters})
	require.NoError(t, err)
	v.Settle()
}

// TestSearchBesideTheWriter looks for texts while users come, change, change back and go.
func TestSearchBesideTheWriter(t *testing.T) {
	v := projections.NewSmallView(64, 10, 5)
	v.Open()
	h := turmoil(6000)
	var filters []projections.Filter
	for _, field := range indexed {
		for _, part := range []string{"ann", "a", "@example.org", "7", "12", "user", "b1-4"} {
			f, err := projections.NewFilter(field, projections.Contains, part)
			require.NoError(t, err)
			filters = append(filters, f)
		}
	}
	var readers sync.WaitGroup
	written := make(chan struct{})
	for i := range 3 {
		readers.Go(func() {
			for j := i; ; j++ {
				a, b := filters[j%len(filters)], filters[j*j%len(filters)]
				page, err := v.List(projections.Query{Scope: everyone, Filters: []projections.Filter{a}, Limit: 5, Offset: j % 7,
					Sort: []projections.Sort{{Field: projections.Email, Descending: j%2 == 0}}})
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
		found, left := v.Snapshot().Search(f)
		require.Zero(t, left)
		require.Equal(t, kept(v.Snapshot().Everybody(), f), found)
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
			h.add(id, events.UserCreated{Number: h.number, Username: fmt.Sprint("user", h.number), Email: fmt.Sprintf("u%d@example.org", h.number), FirstName: word})
		case i%31 == 30:
			k := i * 13 % len(h.alive)
			h.add(h.alive[k], events.UserDeleted{})
			h.alive = slices.Delete(h.alive, k, k+1)
		default:
			h.add(h.alive[i*i%len(h.alive)], events.ProfileUpdated{LastName: &word, Phone: the(fmt.Sprint("+48 600 ", i%100)), ExternalID: the(fmt.Sprint(word, i))})
		}
	}
	return h
}

// TestBroadPatternsAreRemembered looks for what everybody has before and after some have changed.
func TestBroadPatternsAreRemembered(t *testing.T) {
	h := turmoil(15_000)
	v := projections.NewSmallView(100, 10, 5)
	require.NoError(t, v.Apply(h.records[:14_000]))
	v.Open()
	f, err := projections.NewFilter(projections.Any, projections.Contains, "user")
	require.NoError(t, err)
	ask(t, v, f)
	for i, r := range h.records[14_000:] {
		require.NoError(t, v.Apply([]events.Record{r}))
		if i%50 == 0 {
			found, left := v.Snapshot().Search(f)
			require.Zero(t, left)
			require.Equal(t, kept(v.Snapshot().Everybody(), f), found)
		}
	}
}

// TestSegmentsStayFew changes every user several times.
func TestSegmentsStayFew(t *testing.T) {
	v := projections.NewSmallView(8, 10, 5)
	v.Open()
	for _, r := range turmoil(6000).records {
		require.NoError(t, v.Apply([]events.Record{r}))
		if r.Sequence%16 == 0 {
			f, err := projections.NewFilter(projections.ExternalID, projections.Prefix, "ann")
			require.NoError(t, err)
			ask(t, v, f)
			require.LessOrEqual(t, v.Snapshot().Segments(projections.ExternalID), 10)
		}
	}
}
