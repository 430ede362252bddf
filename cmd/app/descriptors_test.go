package app

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDescriptorsAreLeft(t *testing.T) {
	for _, d := range []int{128, 256, 1024, 65536, 1 << 20} {
		c := maxConnections(d)
		require.Positive(t, c)
		require.Positive(t, maxStreams(d))
		require.LessOrEqual(t, maxStreams(d), c/2)
		require.Less(t, c+reservedConnections, d, "%d descriptors", d)
	}
	require.Zero(t, maxConnections(0))
	require.Equal(t, mostStreams, maxStreams(0))
}

const reservedConnections = 32 // of http/server
