package eventlog

import (
	"crypto/sha256"
	"encoding/binary"

	"accountd/events"
)

// chained computes chain hashes. It keeps its buffer between Records, so each goroutine has one of its own.
type chained struct{ buf []byte }

// next returns the chain hash of the Record at that sequence:
//
//	SHA-256( previous chain hash, 32 bytes, zeros for the first Record
//	       ‖ sequence, 8 bytes, big-endian
//	       ‖ text(subject)
//	       ‖ text(header) for each of the envelope's headers, in the order of fieldNames, empty when not there
//	       ‖ text(payload as stored) )
//
// where text(x) is the length of x in 4 bytes, big-endian, and x.
func (c *chained) next(previous events.Chain, sequence uint64, subject string, e *envelope,
	sealed []byte) events.Chain {
	b := append(c.buf[:0], previous[:]...)
	b = binary.BigEndian.AppendUint64(b, sequence)
	b = appendText(b, subject)
	for i := range e {
		b = appendText(b, e[i])
	}
	b = appendText(b, sealed)
	c.buf = b
	return sha256.Sum256(b)
}

func appendText[T string | []byte](b []byte, text T) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}
