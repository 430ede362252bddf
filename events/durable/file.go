package durable

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Create makes a new file (mode 0600). An existing file is left as it is and the error is then fs.ErrExist.
func Create(path string, content []byte) error {
	// A link, unlike a rename, never replaces a file.
	return write(path, content, os.Link)
}

// Replace writes a file (mode 0600) in place of the one that may stand there.
func Replace(path string, content []byte) error { return write(path, content, os.Rename) }

// Move gives a file the other path, in place of the one that may stand there. Both are in one folder.
func Move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("moving %s: %w", from, err)
	}
	return syncFolder(filepath.Dir(to))
}

// SyncFolders returns when the names of all files and folders below the folder, and of what was removed there, are on
// disk. What is removed meanwhile is left out.
func SyncFolders(path string) error {
	return filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			err = syncFolder(path)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func write(path string, content []byte, place func(from, to string) error) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer os.Remove(temp.Name()) // after a rename there is nothing to remove
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := place(temp.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return syncFolder(filepath.Dir(path))
}
