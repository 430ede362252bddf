package cluster

import (
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// Drop removes messages of a stream from what a server stores that is away. No other server is told of it, as when a
// disk has lost them. For that a server that belongs to no cluster opens the messages as those of a stream of its own.
func (c *Cluster) Drop(i int, stream string, sequences ...uint64) {
	c.t.Helper()
	dir := c.t.TempDir()
	c.lone(dir, func(js jetstream.JetStream) error {
		_, err := js.CreateStream(c.t.Context(), jetstream.StreamConfig{Name: stream, Subjects: []string{"nobody.>"}})
		return err
	})
	here, there := messages(dir, stream), messages(c.plans[i].Store, stream)
	require.NoError(c.t, os.RemoveAll(here))
	require.NoError(c.t, os.Rename(there, here))
	c.lone(dir, func(js jetstream.JetStream) error {
		found, err := js.Stream(c.t.Context(), stream)
		for _, sequence := range sequences {
			if err == nil {
				err = found.DeleteMsg(c.t.Context(), sequence)
			}
		}
		return err
	})
	require.NoError(c.t, os.Rename(here, there))
}

func messages(store, stream string) string {
	return filepath.Join(store, "jetstream", server.DEFAULT_GLOBAL_ACCOUNT, "streams", stream, "msgs")
}

// lone runs a server by itself for as long as f takes.
func (c *Cluster) lone(store string, f func(jetstream.JetStream) error) {
	c.t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true,
		StoreDir: store, NoSigs: true, NoLog: true})
	require.NoError(c.t, err)
	s.Start()
	defer inside{s}.stop()
	conn, err := nats.Connect(s.ClientURL())
	require.NoError(c.t, err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	require.NoError(c.t, err)
	require.NoError(c.t, f(js))
}
