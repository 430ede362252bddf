package engine

import (
	"context"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

func TestSpaceFollowsTheDisk(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		used, free, total, granted int64
		limit                      int64
		full, low                  bool
	}{
		{0, 100 * gib, 100 * gib, 0, 100*gib - maxReserve, false, false},
		{gib, 9 * gib, 100 * gib, 0, 10*gib - maxReserve, false, true}, // others have filled the disk
		// a twentieth is less than the largest reserve
		{gib, 2 * gib, 4 * gib, 0, 3*gib - gib/5, false, false},
		{gib, gib / 10, 4 * gib, 0, gib, true, true},                          // what is left is for erasures
		{gib, 0, 4 * gib, 0, gib, true, true},                                 // and is gone
		{gib, 50 * gib, 100 * gib, gib, gib, true, true},                      // it has all that it may have
		{gib, 50 * gib, 100 * gib, 2 * gib, 2 * gib, false, false},            // it was granted more
		{gib, gib / 2, 100 * gib, 20 * gib, gib + gib/2 - gib/4, false, true}, // more than there is
	} {
		s := spaceOf(c.used, c.free, c.total, c.granted)
		if c.full && c.granted == 0 {
			require.LessOrEqual(t, s.Limit, c.limit, "%+v", c)
		} else {
			require.Equal(t, c.limit, s.Limit, "%+v", c)
		}
		require.Equal(t, c.full, s.Full(), "%+v", c)
		require.Equal(t, c.low, s.Low(), "%+v", c)
	}
}

func TestSpaceIsMeasured(t *testing.T) {
	e, err := Start(context.Background(), Options{StoreDir: t.TempDir(), MaxStore: 1 << 20})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	s, ok := e.Space()
	require.True(t, ok)
	require.EqualValues(t, 1<<20, s.Limit)
	require.EqualValues(t, 0, s.Used)
	require.Positive(t, s.Free)
	require.NoError(t, e.Broken(""))
}

// TestAStreamInTheMakingIsNotBroken looks at the store all the time while streams are made, whose folders are there
// before they are.
func TestAStreamInTheMakingIsNotBroken(t *testing.T) {
	e, err := Start(context.Background(), Options{StoreDir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close(context.Background())) })
	made := make(chan error)
	go func() {
		var err error
		for i := 0; i < 100 && err == nil; i++ {
			name := fmt.Sprintf("S%d", i)
			_, err = e.CreateStream(context.Background(), jetstream.StreamConfig{Name: name, Subjects: []string{name}})
		}
		made <- err
	}()
	for {
		select {
		case err := <-made:
			require.NoError(t, err)
			return
		default:
			require.NoError(t, e.BrokenBeside(""))
		}
	}
}
