// Package mend looks through the folder of an embedded server's store before the server opens it, and puts right what a
// server that was killed, or lost its power, left behind in a form that the next server would refuse or destroy.
//
// It promises that no message is lost by it: a file is written anew only when all that it held was read and found
// whole, and the new one is on disk before it takes the place of the old one. Its one invariant is that when [Store]
// returns without an error, the block that the server will append to is not compressed.
//
// # What is mended
//
// The formats are those of nats-server 2.15 (server/filestore.go).
//
// A stream's messages stand in blocks, msgs/1.blk and so on. A block is records, one behind the other:
//
//	length (4 bytes, little-endian, its highest bit: there are headers), sequence (8), time (8), length of the subject (2),
//	subject, [length of the headers (4), headers,] payload, checksum (8)
//
// The length is that of the whole record. The checksum is HighwayHash-64 over sequence, time, subject, headers and
// payload, with the SHA-256 of "<stream>-<number of the block>" as its key. A compressed block begins with "cmp", a
// byte 1 for S2 and the length of the records as a varint; then come the records but for their last 8 bytes as an S2
// stream, then those 8 bytes.
//
// The server compresses a block when it begins the next one. When that one did not make it to the disk, the next server
// takes the compressed block for its last, and appends: it writes plain records to where they would stand if the block
// was not compressed, acknowledges them, and can never open the block again. So a compressed block that is or may
// become the last is written anew without compression, and one with records behind it is taken apart.
//
// A stream and a consumer are described by meta.inf, of which meta.sum is the checksum (HighwayHash-64 in hexadecimal,
// its key the SHA-256 of "<stream>" or "<stream>/<consumer>"). The server writes one after the other, whenever either
// is made or changed, and does not open what has no sum or a wrong one. A kill between the two leaves a meta.inf that
// was written whole: it gets its sum. A folder without meta.inf and without a message is of a stream that was never
// made: it is removed. When a stream is deleted, meta.inf goes first and the folder gets another name then; a kill
// between the two leaves messages without a description. Such a folder is removed only of a stream that the caller can
// make anew: of any other it would be all that is left.
//
// # What is overwritten
//
// The server overwrites a deleted record when it is asked to, and writes the whole block anew for each: 8 MB and two
// syncs, so that 5,000 messages take minutes. [Overwrite] has them deleted in one go, and then writes into the blocks
// where they stand what the server would: the length, the sequence with its highest bit set, zeros for the time and the
// length of the subject, bytes of chance, and the checksum. The file accountd-overwriting.json in the stream's folder
// names them until that is on disk.
package mend
