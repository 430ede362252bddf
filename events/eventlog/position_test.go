package eventlog

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

func TestPosition(t *testing.T) {
	for _, reply := range []string{
		"$JS.ACK.ACCOUNTS.abc.1.17.9.1700000000000000000.0",
		"$JS.ACK.hub.hash.ACCOUNTS.abc.1.17.9.1700000000000000000.0.token",
		"$JS.ACK.hub.hash.ACCOUNTS.abc.1.17.9.1700000000000000000.0",
	} {
		place, count, ok := position(reply)
		require.True(t, ok, reply)
		require.EqualValues(t, 17, place)
		require.EqualValues(t, 9, count)
		meta, err := (&nats.Msg{Reply: reply, Sub: &nats.Subscription{}}).Metadata()
		if err == nil {
			require.Equal(t, nats.SequencePair{Stream: 17, Consumer: 9}, meta.Sequence)
		}
	}
	for _, reply := range []string{
		"", "$JS.ACK.", "_INBOX.x.y", "$JS.ACK.ACCOUNTS.abc.1.x.9.1.0", "$JS.ACK.ACCOUNTS.abc.1.17",
		"$JS.ACK.ACCOUNTS.abc.1.17.",
	} {
		_, _, ok := position(reply)
		require.False(t, ok, reply)
	}
}
