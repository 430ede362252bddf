package textindex

import (
	"encoding/binary"
	"sort"
)

// texts are entries by number, packed. An entry is named by its place among them.
type texts struct {
	heads    string    // of every entry how far its number is from the one before, and how long its text is
	bodies   string    // the texts themselves
	restarts []restart // of every entry whose place is a multiple of restartEvery
	len      int
}

// restart is a restart point: it tells where an entry's head and body stand, and the number of the entry before it.
type restart struct {
	head, body int
	number     int64
}

const restartEvery = 8

// packTexts packs entries that are in order.
func packTexts(entries []Entry) texts {
	t := texts{len: len(entries)}
	var heads, bodies []byte
	number := int64(0)
	for place, e := range entries {
		if place%restartEvery == 0 {
			t.restarts = append(t.restarts, restart{len(heads), len(bodies), number})
		}
		heads = binary.AppendUvarint(heads, uint64(e.Number-number))
		heads = binary.AppendUvarint(heads, uint64(len(e.Text)))
		bodies = append(bodies, e.Text...)
		number = e.Number
	}
	t.heads, t.bodies = string(heads), string(bodies) // as large as needed and no larger
	return t
}

// reader reads the entries of texts.
type reader struct {
	*texts
	next    int // the place of the entry to read next
	restart     // of that Entry
}

// text returns that of the number, which has one and is behind the one read before.
func (c *reader) text(number int64) string {
	c.skip(number)
	for {
		if e := c.read(); e.Number == number {
			return e.Text
		}
	}
}

// skip goes on to the last restart before the number. It looks farther and farther ahead, since that is seldom far
// away.
func (c *reader) skip(number int64) {
	block, step := c.next/restartEvery, 1
	for ; block+step < len(c.restarts) && c.restarts[block+step].number < number; step *= 2 {
		block += step
	}
	ahead := c.restarts[block:min(block+step, len(c.restarts))]
	block += max(sort.Search(len(ahead), func(i int) bool { return ahead[i].number >= number })-1, 0)
	if block > c.next/restartEvery {
		c.next, c.restart = block*restartEvery, c.restarts[block]
	}
}

func (c *reader) read() Entry {
	c.number += int64(c.uvarint())
	from := c.body
	c.body += int(c.uvarint())
	c.next++
	return Entry{c.number, c.bodies[from:c.body]}
}

func (c *reader) uvarint() (v uint64) {
	for shift := 0; ; shift += 7 {
		b := c.heads[c.head]
		c.head++
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
}
