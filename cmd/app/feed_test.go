package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/stretchr/testify/require"

	"accountd/events/feed"
)

// TestAFeedThatWasBeingDeleted has a kill between the two steps of deleting the stream of the feed, as when it is made
// anew: the next start makes it, and fills it.
func TestAFeedThatWasBeingDeleted(t *testing.T) {
	c := testConfig(t)
	start(t, c).end()
	folder := filepath.Join(c.Data, "nats", server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams",
		feed.Stream)
	require.NoError(t, os.Remove(filepath.Join(folder, server.JetStreamMetaFile)))
	r := start(t, c)
	require.Eventually(t, func() bool {
		text, err := io.ReadAll(r.get("/metrics", c.admin(t).Token).Body)
		require.NoError(t, err)
		return strings.Contains(string(text), fmt.Sprint("\naccountd_feed_position ", firstRecords, "\n"))
	}, 20*time.Second, 10*time.Millisecond)
}
