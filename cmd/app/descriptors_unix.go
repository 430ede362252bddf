//go:build linux || darwin

package app

import "syscall"

// manyDescriptors are more than any connections need.
const manyDescriptors = 1 << 20

// descriptors returns how many the process may have open, 0 when nobody knows.
func descriptors() int {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return int(min(l.Cur, manyDescriptors))
}
