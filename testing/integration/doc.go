// Package integration runs the whole program as its operators do, in processes of its own, and does to it what happens
// to programs: kills, restarts, several at once on one log.
//
// It promises that what it finds lost was acknowledged before. Its one invariant: nothing in here looks inside the
// service; it speaks HTTP and signals.
package integration
