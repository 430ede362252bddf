// Package durable writes small files that a crash or a power cut can neither lose nor leave half written.
//
// It promises that when a function returns without an error, the file is on disk with all its content, readable by its
// owner only; and that at every moment before, the path holds what it held. Its one invariant is that content is
// written and synced under another name first.
//
// # Why
//
// Why the folder is synced too: a file's name is the folder's content, and a synced file without a name is lost.
package durable
