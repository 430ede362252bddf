package eventlog

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

const stepDown = "STREAM.LEADER.STEPDOWN"

// TestADeafLeaderIsAskedToGo has a leader that hears nobody be asked to go, once; and nobody else.
func TestADeafLeaderIsAskedToGo(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		told  int // answers that it gives
		asked int // to go
	}{
		"deaf":          {[]string{end(t, 5, far, far)}, 12, 1},
		"followed":      {[]string{end(t, 5, near, far)}, 3, 0},
		"just elected":  {[]string{end(t, 5, 0, 0), end(t, 5, far, far), end(t, 5, near, near)}, 6, 0},
		"other server":  {[]string{endOf(t, "n1", 5, far, far)}, 12, 0},
		"nobody leads":  {[]string{endOf(t, "", 5, far, far)}, 12, 0},
		"beats are few": {[]string{end(t, 5, 1900*time.Millisecond, far)}, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, a := play(t)
			a.says("STREAM.INFO", c.lines...)
			l.pulse.start()
			require.Eventually(t, func() bool { return a.times("STREAM.INFO") >= c.told }, 20*time.Second,
				10*time.Millisecond)
			require.Equal(t, c.asked, a.times(stepDown))
		})
	}
}

// TestADeafLeaderOfOtherStreamsGoesWithTheLog: it hears nobody there, either; of streams that others lead nobody is
// asked to go.
func TestADeafLeaderOfOtherStreamsGoesWithTheLog(t *testing.T) {
	l, a := play(t)
	for stream, line := range map[string]string{"LED": end(t, 1, near, near), "OTHERS": endOf(t, "n1", 1, far, far),
		KeyStream: end(t, 1, far, far)} {
		a.says("STREAM.INFO."+stream, line)
		if stream != KeyStream {
			_, err := l.engine.EnsureStream(t.Context(), jetstream.StreamConfig{Name: stream})
			require.NoError(t, err)
		}
	}
	a.says("STREAM.INFO.LED", end(t, 1, far, far))
	a.says("STREAM.INFO", end(t, 5, far, far))
	l.pulse.start()
	asked := func(stream string) int { return a.times(stepDown + "." + stream) }
	require.Eventually(t, func() bool { return a.times(stepDown) > 0 && asked("LED") > 0 && asked(KeyStream) > 0 },
		20*time.Second, 10*time.Millisecond)
	require.Equal(t, 0, asked("OTHERS"))
}

// TestAConnectionGoesWhereTheLeaderIsReached has a server from where the leader is not reached, and another one from
// where it is not either, until it is: only then the connection goes there.
func TestAConnectionGoesWhereTheLeaderIsReached(t *testing.T) {
	here, first := act(t, "n1")
	there, second := act(t, "n2")
	here.says("STREAM.INFO", silence)
	there.says("STREAM.INFO", silence)
	l := logOn(t, first+","+second)
	l.pulse.start()
	require.Eventually(t, func() bool { return there.times("STREAM.INFO") >= 4 }, 20*time.Second, 10*time.Millisecond)
	require.True(t, l.engine.At(first), "there is nothing to gain elsewhere")
	there.says("STREAM.INFO", end(t, 5, near, near))
	require.Eventually(t, func() bool { return l.engine.At(second) && l.pulse.failing() == nil }, 20*time.Second,
		10*time.Millisecond)
	require.Equal(t, 0, here.times(stepDown)+there.times(stepDown))
}
