package audit

import "golang.org/x/mod/sumdb/tlog"

// FailFile has every call of the file fail until the Tree has another one.
func (t *Tree) FailFile() { _ = t.file.Close() }

// Change changes a hash in the file.
func (t *Tree) Change(index int64) {
	if _, err := t.file.WriteAt([]byte("changed"), index*tlog.HashSize); err != nil {
		panic(err)
	}
}
