//go:build !linux && !darwin

package engine

// freeBytes returns how much may still be written to the disk that has the folder; here nobody knows.
func freeBytes(string) (int64, bool) { return 0, false }
