// Package audit makes the Log provable to those who trust nobody: every Record is a leaf of a Merkle tree (RFC 6962),
// whose root the service signs. Who kept one such checkpoint can later prove, without any key and without asking the
// service to be honest, that today's log is that log with more behind it.
//
// It promises that a [Verifier] finds every Record that was changed, dropped, inserted or reordered by someone who did
// not also compute everything behind it anew, and says which; and that against a checkpoint it finds all of that
// whatever was computed anew, and a log that ends too early. Its one invariant is that the tree follows from the Log
// alone.
//
// # Formats
//
// The leaf of a Record is its chain hash (32 bytes; package eventlog tells over which bytes). Hashes of the tree are
// those of RFC 6962: SHA-256 of a zero byte and the leaf, and of a one byte and the two nodes below. The Record of
// sequence n is the leaf of index n-1.
//
// A checkpoint is three lines: the log's origin, how many Records it is of, the root in standard base64. The origin is
// "accountd/" and the event id of the log's first Record. It is signed as a note (golang.org/x/mod/sumdb/note; the form
// is also that of C2SP's tlog-checkpoint) with Ed25519.
//
// An export is lines of JSON. The first is a [Header]; then, only when they were asked for, comes one for each block of
// data keys (eventlog.StoredBlock), wrapped by the master key; then one for each Record (eventlog.Stored): sequence,
// subject, headers, and the sealed payload in base64.
//
// The tree's file has hashes of 32 bytes, in the order of tlog.StoredHashIndex, and nothing else.
//
// # Why
//
// Why the leaf is the chain hash instead of the Record: it covers every byte of the Record already, and all Records
// before; so the tree grows without reading payloads again, and the proof for a Record is also one for what came before
// it.
//
// Why the signing key is derived (HKDF with SHA-256) from the data key of the log's first Record: that key is never
// destroyed, is the same for all instances, stays the same when the master key is rotated, and nobody has it who lacks
// the master key.
//
// Why the tree is a file that may be lost: it can be made from the Log at any time, but hashing millions of Records at
// each start takes seconds. It is believed only up to the place that the last run kept, when it has the root that was
// kept with it: what was written later may not have reached the disk when the power went, and is added from the Log.
// From then on the newest root comes from memory, and every older root and every proof is checked against it before it
// is signed or given away. A file that cannot be written, or does not fit, is made anew while the service runs: a tree
// that is lost loses nothing.
//
// Why exports leave out the data keys unless asked: they could not be destroyed any more when a person is erased. Who
// verifies needs none.
package audit
