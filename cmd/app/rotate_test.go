package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

func rotate(c Config, newKey string) error {
	return RotateMasterKey(context.Background(), c, newKey, io.Discard)
}

func TestRotateMasterKey(t *testing.T) {
	c := testConfig(t)
	r := start(t, c)
	require.ErrorContains(t, rotate(c, ""), "another process uses this data folder")
	r.end()
	path := filepath.Join(c.Data, masterKeyName)
	old, err := seal.LoadMaster(path)
	require.NoError(t, err)
	require.NoError(t, rotate(c, ""))
	require.NoFileExists(t, path+".new")
	kept, err := seal.LoadMaster(path + "." + old.Fingerprint())
	require.NoError(t, err)
	require.Equal(t, old.Text(), kept.Text())

	r = start(t, c)
	require.Equal(t, http.StatusOK, r.get("/v1/users", c.admin(t).Token).StatusCode)
	r.end()
	c.MasterKeyFile = path + "." + old.Fingerprint()
	_, err = tryStart(t, c)
	require.ErrorIs(t, err, eventlog.ErrWrongKey)
}

// TestRotateKeyFromOutside rotates a key that is in no file of ours, to one in a file and back.
func TestRotateKeyFromOutside(t *testing.T) {
	c := testConfig(t)
	first := seal.Generate()
	c.MasterKey = events.Secret(first.Text())
	start(t, c).end()
	require.ErrorContains(t, rotate(c, ""), "--new-key-file")
	next := filepath.Join(t.TempDir(), "next")
	require.NoError(t, rotate(c, next))
	require.NoError(t, rotate(c, next), "again")
	_, err := tryStart(t, c)
	require.ErrorIs(t, err, eventlog.ErrWrongKey)
	c.MasterKey, c.MasterKeyFile = "", next
	require.ErrorIs(t, rotate(c, next), eventlog.ErrSameKey)
	r := start(t, c)
	require.Equal(t, http.StatusOK, r.get("/v1/users", c.admin(t).Token).StatusCode)
}

func TestRotateNothing(t *testing.T) {
	c := testConfig(t)
	c.MasterKey = events.Secret(seal.Generate().Text())
	require.ErrorIs(t, rotate(c, filepath.Join(t.TempDir(), "next")), eventlog.ErrNoLog)
	c = testConfig(t)
	require.ErrorIs(t, rotate(c, ""), os.ErrNotExist)
	require.NoFileExists(t, filepath.Join(c.Data, masterKeyName+".new"))
}

// TestRotateOnACluster refuses while an instance runs, wherever it does.
func TestRotateOnACluster(t *testing.T) {
	c := testConfig(t)
	c.NATS = outside(t)
	r := start(t, c)
	path := filepath.Join(c.Data, masterKeyName)
	elsewhere := testConfig(t)
	elsewhere.NATS, elsewhere.MasterKeyFile = c.NATS, path
	require.ErrorIs(t, rotate(elsewhere, ""), eventlog.ErrInUse)
	r.end()
	require.NoError(t, rotate(elsewhere, ""))
	r = start(t, c)
	require.Equal(t, http.StatusOK, r.get("/v1/users", c.admin(t).Token).StatusCode)
}

// TestRotationKilled kills the rotating program later and later, until it gets to its end, and looks at what is left
// each time: the service starts with the key that is in place, or says that the rotation must be finished.
func TestRotationKilled(t *testing.T) {
	c := testConfig(t)
	path := filepath.Join(c.Data, masterKeyName)
	start(t, c).end()
	old, err := seal.LoadMaster(path)
	require.NoError(t, err)
	fill(t, c, old, 5000)
	outcomes := map[string]int{}
	for after := 20 * time.Millisecond; outcomes["done"] == 0; after += after / 12 {
		ctx, cancel := context.WithTimeout(context.Background(), after)
		cmd := childIn(ctx, "rotate-master-key", "--data", c.Data, "--sync", "interval")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		err := cmd.Run()
		cancel()
		if err == nil || cmd.ProcessState.ExitCode() == 0 { // it may end just when it is to be killed
			outcomes["done"]++
			break
		}
		require.Equal(t, -1, cmd.ProcessState.ExitCode(), "killed: %s", stderr.String())
		now, err := seal.LoadMaster(path)
		require.NoError(t, err, "there is a whole key at any time")
		err = opens(c, now)
		outcomes[fmt.Sprint("opens ", err == nil)]++
		if err != nil {
			require.ErrorIs(t, err, eventlog.ErrWrongKey)
			_, err = tryStart(t, c)
			require.ErrorContains(t, err, "finish it with accountd rotate-master-key")
		}
		if now.Fingerprint() != old.Fingerprint() {
			break // killed behind the last step
		}
	}
	t.Log(outcomes)
	require.Greater(t, outcomes["opens false"], 0, "killed amid the blocks")
	r := start(t, c)
	answer := r.get("/v1/users?limit=1", c.admin(t).Token)
	require.Equal(t, http.StatusOK, answer.StatusCode)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), `"total":5001`)
	r.end()
	require.ErrorIs(t, opens(c, old), eventlog.ErrWrongKey)
}

// fill makes so many users, each with a data key of its own.
func fill(t *testing.T, c Config, master *seal.Master, n int) {
	t.Helper()
	require.NoError(t, withLog(c, master, func(log *eventlog.Log) {
		last, err := log.Last(t.Context())
		require.NoError(t, err)
		records, err := log.Read(t.Context(), last-1, 1)
		require.NoError(t, err)
		head := records[0].Head()
		for number := int64(2); n > 0; n -= eventlog.MaxBatch {
			var entries []eventlog.Entry
			for range eventlog.MaxBatch {
				entries = append(entries, eventlog.Entry{Drafts: []events.Draft{{Aggregate: events.User(uuid.New()),
					Event: events.UserCreated{
						Number: number, Username: fmt.Sprint("user", number), Email: fmt.Sprint(number, "@example.org"),
						State: commands.StateCreated}}}})
				number++
			}
			appended, err := log.Append(t.Context(), head, entries)
			require.NoError(t, err)
			head = appended[len(appended)-1].Head()
		}
	}))
}

func opens(c Config, master *seal.Master) error { return withLog(c, master, func(*eventlog.Log) {}) }

func withLog(c Config, master *seal.Master, do func(*eventlog.Log)) error {
	ctx := context.Background()
	e, err := engine.Start(ctx, engine.Options{StoreDir: filepath.Join(c.Data, "nats")})
	if err != nil {
		return err
	}
	log, err := eventlog.Open(ctx, eventlog.Options{Engine: e, Master: master})
	if err != nil {
		return errors.Join(err, e.Close(ctx))
	}
	do(log)
	log.Close()
	return e.Close(ctx)
}
