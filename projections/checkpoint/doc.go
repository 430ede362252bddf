// Package checkpoint keeps what a View holds in a file, so that a start has to read only what came into the Log since.
//
// It promises that a View which was loaded from a file and has applied the rest of the Log is the one that has applied
// all of it; that a file which was changed, cut off, is of another Log or of another program is refused as a whole; and
// that a person whose erasure is in the Log is in no file that can be read, once [File.Drop] has returned nil. Its one
// invariant: a file is sealed with a data key of its own, which is destroyed when the file is out of date.
//
// # The file
//
// A line of JSON names the data key, the program, and the keys of older files that may not be destroyed yet. Blocks
// follow, each with its length before it (4 bytes, big-endian), sealed, and bound to that line and to its place: the
// first has everything but users, how many of them there are, and which orders follow; then come the users by number,
// 4,096 in a block; then a block for each order, with the users' places in it, 4 bytes each, big-endian.
//
// # Why
//
// Why a data key for each file, and not a key made of the master key: copies of a file are in backups, and must be as
// unreadable after an erasure as the Log's records. A destroyed key does that, wherever the copies are.
//
// Why a Record older than the file is not verified at a start: that is what the file spares. It was when it was
// applied, the Record that the file ends with is compared with the Log's, and an audit reads all of them again.
//
// Why a file is of one program only: another release may fold the same Records to another State. It reads the whole Log
// once.
//
// Why the orders are in it: to sort a million users in four ways takes longer than all the rest of a start. Of a
// checkpoint that opens, they are those of this program; that each names every user once is looked at, whether they are
// in order is not.
//
// Why an encoding of its own: reading a million users must take less than a second, which encoding/json does not do,
// and encoding/gob loses the difference between a truth value that is false and one that is not stored.
package checkpoint
