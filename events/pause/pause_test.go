package pause_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"accountd/events/pause"
)

func TestForWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		require.NoError(t, pause.For(t.Context(), time.Hour))
		require.Equal(t, time.Hour, time.Since(began))
	})
}

func TestForEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancelCause(t.Context())
		closing, began := errors.New("closing"), time.Now()
		time.AfterFunc(time.Minute, func() { stop(closing) })
		require.ErrorIs(t, pause.For(ctx, time.Hour), closing)
		require.Equal(t, time.Minute, time.Since(began))
	})
}
