package password

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

const secret = "correct horse battery staple"

func TestHashWritesThePHCStringThatVerifyReads(t *testing.T) {
	h := New(Options{})
	hash, err := h.Hash(t.Context(), secret)
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	require.NoError(t, Check(hash))

	ok, rehash, err := h.Verify(t.Context(), hash, secret)
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, rehash)

	ok, rehash, err = h.Verify(t.Context(), hash, secret+" ")
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, rehash)

	again, err := h.Hash(t.Context(), secret)
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "a salt of its own")
}

func TestPasswordLengths(t *testing.T) {
	h := New(Options{Slots: 1, Queue: -1})
	require.NoError(t, h.gate.enter(t.Context())) // the lengths are checked before the gate
	long := strings.Repeat("x", MaxLength+1)

	for password, want := range map[string]error{"": ErrEmpty, long: ErrTooLong, long[1:]: ErrBusy} {
		_, err := h.Hash(t.Context(), password)
		require.ErrorIs(t, err, want)
		_, _, err = h.Verify(t.Context(), "", password)
		require.ErrorIs(t, err, want)
	}
}

// An unknown user must not be told from a known one by the time that a log-in takes: both must do the very same work.
func TestUnknownUserCostsWhatAKnownOneCosts(t *testing.T) {
	h := New(Options{})
	var work []argon2Form
	h.match = func(f form, password string) (bool, error) {
		require.Equal(t, 1, h.Running(), "inside the gate")
		a := f.(argon2Form)
		ok, err := a.matches(password)
		a.salt, a.key = make([]byte, len(a.salt)), make([]byte, len(a.key)) // only their lengths cost
		work = append(work, a)
		return ok, err
	}
	hash, err := h.Hash(t.Context(), secret)
	require.NoError(t, err)

	ok, _, err := h.Verify(t.Context(), hash, "wrong")
	require.NoError(t, err)
	require.False(t, ok)
	ok, rehash, err := h.Verify(t.Context(), "", "wrong")
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, rehash)

	require.Len(t, work, 2)
	require.Equal(t, work[0], work[1])
}

func TestNoPasswordIsThatOfAnUnknownUser(t *testing.T) {
	h := New(Options{})
	h.match = func(form, string) (bool, error) { return true, nil }
	ok, rehash, err := h.Verify(t.Context(), "", secret)
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, rehash)
}

func TestHasherIsBusyWhenSlotsAndQueueAreFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Slots: 2, Queue: 1})
		release := make(chan struct{})
		h.match = func(form, string) (bool, error) { <-release; return false, nil }
		for range 3 {
			go h.Verify(t.Context(), "", secret)
		}
		synctest.Wait()
		require.Equal(t, 2, h.Running())
		require.Equal(t, 1, h.Waiting())

		_, err := h.Hash(t.Context(), secret)
		require.ErrorIs(t, err, ErrBusy)
		_, _, err = h.Verify(t.Context(), "", secret)
		require.ErrorIs(t, err, ErrBusy)

		close(release)
		synctest.Wait()
		require.Zero(t, h.Running())
		require.Zero(t, h.Waiting())
	})
}

func TestDefaultsAreASlotPerProcessorAndAShortQueue(t *testing.T) {
	g := New(Options{}).gate
	require.Equal(t, runtime.NumCPU(), cap(g.slots))
	require.Equal(t, 17*runtime.NumCPU(), cap(g.admitted))
	require.Equal(t, 1, cap(New(Options{Slots: 1, Queue: -1}).gate.admitted))
}

func TestErrorsShowNoSecret(t *testing.T) {
	busy := New(Options{Slots: 1, Queue: -1})
	require.NoError(t, busy.gate.enter(t.Context()))
	failing := New(Options{})
	failing.match = func(form, string) (bool, error) { return true, errors.New("no luck") }
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	long := strings.Repeat(secret, 100)
	malformed := "$argon2id$v=19$" + secret

	verify := func(h *Hasher, ctx context.Context, hash, password string) error {
		ok, _, err := h.Verify(ctx, hash, password)
		require.False(t, ok)
		return err
	}
	for _, err := range []error{
		verify(busy, t.Context(), "", secret),
		verify(failing, t.Context(), "", secret),
		verify(failing, t.Context(), malformed, secret),
		verify(failing, t.Context(), "", long),
		verify(failing, gone, "", secret),
		Check(malformed),
	} {
		require.Error(t, err)
		require.NotContains(t, err.Error(), secret)
	}
}

func BenchmarkHash(b *testing.B) {
	h := New(Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Hash(b.Context(), secret); err != nil {
			b.Fatal(err)
		}
	}
}
