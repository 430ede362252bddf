package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrLocked is returned by [Lock] when another process holds the folder.
var ErrLocked = errors.New("another process uses this data folder")

// Names in a data folder.
const (
	LockName  = "lock" // of the file that whoever uses the folder holds
	StoreName = "nats" // of the folder of the embedded server's store
)

// Lock takes the data folder for this process alone, and makes it (mode 0700) when it is not there. It returns
// [ErrLocked] at once when another process holds it. The lock ends with release, or with the process.
func Lock(dir string) (release func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	// The file stays when the lock ends: removing it would let two processes lock two files of one name.
	file, err := os.OpenFile(filepath.Join(dir, LockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if err := lockFile(file); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", dir, err), file.Close())
	}
	return file.Close, nil
}
