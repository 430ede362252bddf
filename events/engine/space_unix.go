//go:build linux || darwin

package engine

import "syscall"

// disk returns how many bytes the service may still write to the disk that holds the folder, and how many it has.
func disk(folder string) (free, total int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), true
}
