package past_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/erasure"
	"accountd/events"
	"accountd/projections"
	"accountd/projections/past"
	"accountd/testing/testlog"
)

// world is a Log with its View and Archive, changed by commands.
type world struct {
	*testlog.Env
	handler *committer.Handler
	view    *projections.View
	archive *past.Archive
}

func newWorld(t testing.TB) *world {
	w := &world{Env: testlog.Start(t), view: projections.NewView()}
	w.view.Open()
	w.handler = committer.New(w.Log, w.view, committer.Options{})
	t.Cleanup(w.handler.Close)
	w.archive = past.New(w.Log, w.view)
	t.Cleanup(w.archive.Close)
	return w
}

func (w *world) do(t require.TestingT, c commands.Command) commands.Outcome {
	out, err := w.handler.Do(context.Background(), commands.Service(), c)
	require.NoError(t, err)
	return out
}

func (w *world) create(t require.TestingT, name string) uuid.UUID {
	return w.do(t, commands.CreateUser{ID: uuid.New(), User: events.UserCreated{Username: name,
		Email: name + "@example.com", Active: true}}).User.ID
}

// all returns everybody by number.
func all(t require.TestingT, v *projections.View) []*commands.User {
	page, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Limit: 100_000})
	require.NoError(t, err)
	return page.Users
}

// TestThePastIsWhatWas notes what stands after every command, and finds it again at every sequence and time.
func TestThePastIsWhatWas(t *testing.T) {
	w := newWorld(t)
	w.create(t, "admin")
	turn := 0
	rapid.Check(t, func(t *rapid.T) {
		turn++
		was := map[uint64][]*commands.User{}
		var ids []uuid.UUID
		var last uint64
		for i := range rapid.IntRange(1, 6).Draw(t, "commands") {
			name := fmt.Sprintf("u%d-%d", turn, i)
			switch k := rapid.IntRange(0, 3).Draw(t, "what"); {
			case k == 0 || len(ids) == 0:
				ids = append(ids, w.create(t, name))
			case k == 1:
				id := rapid.SampledFrom(ids).Draw(t, "whom")
				w.do(t, commands.UpdateUser{ID: id, Active: new(bool), Profile: events.ProfileUpdated{Phone: &name,
					Comment: &name}})
			case k == 2:
				id := rapid.SampledFrom(ids).Draw(t, "whom")
				w.do(t, commands.LinkResource{ID: id, Resource: events.ResourceLinked{Kind: "vm", ID: name}})
			default:
				id := w.create(t, name)
				w.do(t, commands.DeleteUser{ID: id})
				ids = append(ids, w.create(t, name+"-"))
			}
			last = w.view.Position()
			was[last] = all(t, w.view)
		}
		for sequence, want := range was {
			m := past.Moment{Sequence: sequence}
			at, err := w.archive.Locate(t.Context(), m)
			require.NoError(t, err)
			v, err := w.archive.Everybody(t.Context(), at)
			require.NoError(t, err)
			require.Equal(t, want, all(t, v))
			require.Equal(t, sequence, v.Position())
		}
		for _, id := range ids {
			life, err := w.archive.Life(t.Context(), id)
			require.NoError(t, err)
			for sequence, users := range was {
				require.Equal(t, find(users, id), life.At(past.Moment{Sequence: sequence}))
			}
			for i, r := range life.Records {
				require.Equal(t, r.Sequence, life.States[i].Version)
			}
			newest := life.Records[len(life.Records)-1]
			require.Equal(t, w.view.Snapshot().User(id), life.At(past.Moment{Time: newest.Time}))
			require.Nil(t, life.At(past.Moment{Time: life.Records[0].Time.Add(-time.Nanosecond)}))
		}
	})
}

func find(users []*commands.User, id uuid.UUID) *commands.User {
	for _, u := range users {
		if u.ID == id {
			return u
		}
	}
	return nil
}

func TestMoments(t *testing.T) {
	w := newWorld(t)
	require.ErrorIs(t, w.archive.Check(t.Context(), past.Moment{Time: time.Now()}), past.ErrBefore)
	w.create(t, "ada")
	w.create(t, "bob")
	made := w.view.Snapshot().UserByName("ada").CreatedAt
	for m, want := range map[past.Moment]error{
		{}:                                  past.ErrBefore,
		{Sequence: 1}:                       nil,
		{Sequence: 2}:                       nil,
		{Sequence: 3}:                       past.ErrNotYet,
		{Time: time.Now().Add(time.Hour)}:   past.ErrNotYet,
		{Time: time.Now()}:                  nil,
		{Time: made}:                        nil,
		{Time: made.Add(-time.Microsecond)}: past.ErrBefore,
		{Time: time.Unix(0, 0)}:             past.ErrBefore,
	} {
		_, err := w.archive.Locate(t.Context(), m)
		require.ErrorIs(t, err, want, "%v", m)
	}
	life, err := w.archive.Life(t.Context(), uuid.New())
	require.NoError(t, err)
	require.Empty(t, life.Records)
	require.Nil(t, life.At(past.Moment{Sequence: 2}))
}

// TestTheErasedAreNowhere erases while the past is looked at.
func TestTheErasedAreNowhere(t *testing.T) {
	w := newWorld(t)
	eraser := erasure.Start(w.Log, w.view, slog.New(slog.DiscardHandler))
	t.Cleanup(eraser.Close)
	w.create(t, "admin")
	id := w.create(t, "ada")
	w.create(t, "bob")
	before := w.view.Position()
	v, err := w.archive.Everybody(t.Context(), before)
	require.NoError(t, err)
	require.Len(t, all(t, v), 3)

	w.do(t, commands.EraseUser{ID: id}) // the data key may still be there
	v, err = w.archive.Everybody(t.Context(), before)
	require.NoError(t, err)
	require.Len(t, all(t, v), 2)
	life, err := w.archive.Life(t.Context(), id)
	require.NoError(t, err)
	require.True(t, life.Erased)
	require.Nil(t, life.At(past.Moment{Sequence: before}))
	for _, r := range life.Records {
		require.Nil(t, r.Event)
		require.True(t, r.Erased)
	}
	require.NoError(t, eraser.Finish(t.Context(), id))
	life, err = w.archive.Life(t.Context(), id)
	require.NoError(t, err)
	require.True(t, life.Erased)
}

// TestManyAskAtOnce asks for many moments at a time while others write and erase.
func TestManyAskAtOnce(t *testing.T) {
	w := newWorld(t)
	w.create(t, "admin")
	var ids []uuid.UUID
	for i := range 8 {
		ids = append(ids, w.create(t, fmt.Sprintf("u%d", i)))
	}
	var work sync.WaitGroup
	for i := range 8 {
		work.Go(func() {
			for n := range uint64(9) {
				v, err := w.archive.Everybody(t.Context(), n+1)
				require.NoError(t, err)
				require.LessOrEqual(t, len(all(t, v)), int(n)+1)
			}
		})
		work.Go(func() { w.do(t, commands.EraseUser{ID: ids[i]}) })
	}
	work.Wait()
	v, err := w.archive.Everybody(t.Context(), 9)
	require.NoError(t, err)
	require.Len(t, all(t, v), 1)
}

func TestWhoCannotWait(t *testing.T) {
	w := newWorld(t)
	w.create(t, "ada")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.archive.Everybody(ctx, 1)
	if err != nil { // the fold may have been quicker
		require.ErrorIs(t, err, past.ErrBusy)
	}
	v, err := w.archive.Everybody(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, all(t, v), 1)
	again, err := w.archive.Everybody(t.Context(), 1)
	require.NoError(t, err)
	require.Same(t, v, again)
}
