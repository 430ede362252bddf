package projections_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

func TestRebuiltIsLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		live := projections.NewView()
		live.Open()
		rest := h.records
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(t, "applied at once")
			require.NoError(t, live.Apply(rest[:n]))
			rest = rest[n:]
		}
		requireSame(t, rebuilt(h.records), live)
	})
}

// requireSame compares two Views by everything that can be asked of them.
func requireSame(t require.TestingT, want, got *projections.View) {
	w, g := want.Snapshot(), got.Snapshot()
	require.Equal(t, w.Head(), g.Head())
	require.Equal(t, w.Numbers(), g.Numbers())
	require.Equal(t, w.Remembered(), g.Remembered())
	require.Equal(t, want.Erased(), got.Erased())
	users := everybody(t, want)
	require.Equal(t, users, everybody(t, got))
	var linked []*commands.User
	g.Linked(func(u *commands.User) bool { linked = append(linked, u); return true })
	require.Equal(t, withResources(users), linked)
	requireMembers(t, users, g)
	require.Equal(t, w.Directory().Lists(), g.Directory().Lists())
	for _, u := range users {
		require.Equal(t, u, g.User(u.ID))
		require.Equal(t, u, g.UserByNumber(u.Number))
		require.Equal(t, u, g.UserByName(strings.ToUpper(u.Username)))
		require.Equal(t, u, g.UserByName(" "+u.Email))
		if u.ExternalID != "" {
			require.Equal(t, u, g.UserByExternalID(u.ExternalID))
		}
		for _, k := range u.SigningKeys {
			require.Equal(t, u, g.UserBySigningKey(k.ID))
		}
		for _, k := range u.APIKeys {
			require.Equal(t, u, g.UserByAPIKey(k.Hash.Reveal()))
		}
	}
}

// requireMembers compares who is said to belong where with what the users themselves say.
func requireMembers(t require.TestingT, users []*commands.User, s *projections.Snapshot) {
	for of, belongs := range map[events.Aggregate]func(*commands.User) bool{
		events.Datacenter(places[0]): func(u *commands.User) bool { return u.Datacenter == places[0] },
		events.Group(places[1]):      func(u *commands.User) bool { return slices.Contains(u.Groups, places[1]) },
		events.Group(places[2]):      func(u *commands.User) bool { return slices.Contains(u.Groups, places[2]) },
		events.Client(places[3]): func(u *commands.User) bool {
			return u.Client == 1 &&
				s.Directory().Client(places[3]) != nil
		},
	} {
		var want, got []*commands.User
		for _, u := range users {
			if belongs(u) {
				want = append(want, u)
			}
		}
		s.Members(of, func(u *commands.User) bool { got = append(got, u); return true })
		require.Equal(t, want, got, of)
	}
}

func withResources(users []*commands.User) (out []*commands.User) {
	for _, u := range users {
		if len(u.Resources) > 0 {
			out = append(out, u)
		}
	}
	return out
}

func everybody(t require.TestingT, v *projections.View) []*commands.User {
	page, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Limit: 1 << 30})
	require.NoError(t, err)
	require.Equal(t, len(page.Users), page.Total)
	return page.Users
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		v := rebuilt(h.records)
		from := rapid.IntRange(0, len(h.records)).Draw(t, "from")
		require.NoError(t, v.Apply(h.records[from:]))
		requireSame(t, rebuilt(h.records), v)
	})
}

func TestApplyRefusesAGap(t *testing.T) {
	h := &history{}
	for range 3 {
		h.add(uuid.New(), events.UserErased{})
	}
	v := rebuilt(h.records[:1])
	require.Equal(t, projections.GapError{Have: 1, Got: 3}, v.Apply(h.records[2:]))
	require.Equal(t, uint64(1), v.Position())
}

func TestASnapshotNeverChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := steps(t)
		cut := rapid.IntRange(0, len(h.records)).Draw(t, "cut")
		v := rebuilt(h.records[:cut])
		s, want := v.Snapshot(), everybody(t, v)
		require.NoError(t, v.Apply(h.records[cut:]))
		require.Equal(t, len(want), s.Len())
		for _, u := range want {
			require.Same(t, u, s.User(u.ID))
			require.Same(t, u, s.UserByName(u.Email))
		}
	})
}

func TestWait(t *testing.T) {
	h := &history{}
	for range 2 {
		h.add(uuid.New(), events.UserErased{})
	}
	v := projections.NewView()
	var waiting sync.WaitGroup
	for range 8 {
		waiting.Go(func() { require.NoError(t, v.Wait(context.Background(), 2)) })
	}
	require.NoError(t, v.Apply(h.records[:1]))
	require.NoError(t, v.Apply(h.records[1:]))
	waiting.Wait()
	ended, end := context.WithCancel(context.Background())
	end()
	require.ErrorIs(t, v.Wait(ended, 3), context.Canceled)
}

func TestALoadingViewAnswersNothing(t *testing.T) {
	v := projections.NewView()
	require.Nil(t, v.Snapshot())
	require.Nil(t, v.States())
}
