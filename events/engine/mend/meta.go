package mend

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"accountd/events/durable"

	"github.com/minio/highwayhash"
	"github.com/nats-io/nats-server/v2/server"
)

// consumers mends the descriptions of a stream's consumers.
func (m *mender) consumers(folder string) error {
	entries, err := os.ReadDir(filepath.Join(folder, "obs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		consumer := filepath.Join(folder, "obs", e.Name())
		if _, err := m.meta(consumer, filepath.Base(folder)+"/"+e.Name()); err != nil {
			return err
		}
	}
	return nil
}

// meta gives the description in that folder its checksum, when that is missing or of another one. It reports whether
// there is a description.
func (m *mender) meta(folder, key string) (there bool, err error) {
	content, err := os.ReadFile(filepath.Join(folder, server.JetStreamMetaFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sum := filepath.Join(folder, server.JetStreamMetaFileSum)
	have, err := os.ReadFile(sum)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return true, err
	}
	want := checksumOf(key, content)
	if string(have) == want || !describes(content, filepath.Base(folder)) {
		return true, nil // what describes something else was damaged: the server refuses it
	}
	m.log.Warn("the engine was ended amid a change of its configuration: giving it its checksum", "of", key)
	return true, durable.Replace(sum, []byte(want))
}

// describes reports whether the content is a whole description of the stream or consumer of that name.
func describes(content []byte, name string) bool {
	var d struct {
		Name string `json:"name"`
	}
	return json.Unmarshal(content, &d) == nil && d.Name == name
}

func checksumOf(key string, content []byte) string {
	hash := newHash(key)
	hash.Write(content)
	return hex.EncodeToString(hash.Sum(nil))
}

func newHash(key string) *highwayhash.Digest64 {
	sum := sha256.Sum256([]byte(key))
	hash, err := highwayhash.NewDigest64(sum[:])
	if err != nil {
		panic(fmt.Sprintf("a hash with a key of 32 bytes: %v", err))
	}
	return hash
}
