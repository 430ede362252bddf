package engine

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"
)

// CopyStreams copies streams of a store that no server uses into another store. The error is fs.ErrNotExist when the
// store has no such stream.
func CopyStreams(from, to string, names ...string) error {
	for _, name := range names {
		source := os.DirFS(streamFolder(from, name))
		if err := os.CopyFS(streamFolder(to, name), source); err != nil {
			return fmt.Errorf("copying the stream %s: %w", name, err)
		}
	}
	return nil
}

func streamFolder(store, name string) string {
	return filepath.Join(store, server.JetStreamStoreDir, server.DEFAULT_GLOBAL_ACCOUNT, "streams", name)
}
