package mend

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"accountd/events/durable"
)

// ErrCompressed is returned by [Find] for records in a compressed block, which cannot be overwritten where they stand.
var ErrCompressed = errors.New("the block is compressed")

// overwriting is the file in a stream's folder that says what is being overwritten.
const overwriting = "accountd-overwriting.json"

// Marks in a record's sequence, which is less than all of them.
const (
	erasedMark    = 1 << 63 // the record was overwritten
	tombstoneMark = 1 << 62 // it says that another one was deleted
)

// Spot is where a record stands.
type Spot struct {
	Block    string `json:"block"` // name of the file
	Offset   int64  `json:"offset"`
	Length   uint32 `json:"length"`
	Sequence uint64 `json:"sequence"`
}

// Find returns where the records stand whose subject fits and whose sequence is at least from and less than end, but
// for those that were overwritten. The server may be running; what it has not written yet is not found.
func Find(folder string, fits func(subject string) bool, from, end uint64) (found []Spot, err error) {
	blocks, err := blocksOf(folder)
	if err != nil {
		return nil, fmt.Errorf("looking through the blocks: %w", err)
	}
	begins := make([]uint64, len(blocks))
	for i, b := range blocks {
		if begins[i], err = b.begins(); err != nil {
			return nil, fmt.Errorf("looking through the blocks: %w", err)
		}
	}
	for i, b := range blocks {
		next := slices.IndexFunc(begins[i+1:], func(first uint64) bool { return first != 0 })
		if begins[i] == 0 || begins[i] >= end || next >= 0 && begins[i+1+next] <= from {
			continue
		}
		spots, err := b.find(fits, from, end)
		if err != nil {
			return nil, fmt.Errorf("looking through %s: %w", b.path, err)
		}
		found = append(found, spots...)
	}
	return found, nil
}

// begins returns the sequence of the block's first record, the lowest possible for a compressed one, 0 when there is
// none.
func (b block) begins() (uint64, error) {
	file, err := os.Open(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil // all of it was dropped meanwhile
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var head [22]byte
	for at := int64(0); ; {
		if _, err := file.ReadAt(head[:], at); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return 0, err
		}
		if string(head[:4]) == s2Mark && at == 0 {
			return 1, nil
		}
		sequence := binary.LittleEndian.Uint64(head[4:])
		if sequence&tombstoneMark == 0 {
			return sequence &^ erasedMark, nil
		}
		at += int64(max(binary.LittleEndian.Uint32(head[:])&^hasHeaders, minRecord))
	}
}

func (b block) find(fits func(subject string) bool, from, end uint64) (found []Spot, err error) {
	content, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(content, []byte(s2Mark)) {
		return nil, ErrCompressed
	}
	for at := 0; len(content)-at >= minRecord; {
		record := content[at:]
		length := binary.LittleEndian.Uint32(record) &^ hasHeaders
		subject := uint32(binary.LittleEndian.Uint16(record[20:]))
		if length < minRecord+subject || int(length) > len(record) {
			break // it is being written
		}
		sequence := binary.LittleEndian.Uint64(record[4:])
		if sequence >= from && sequence < end && fits(string(record[22:22+subject])) {
			found = append(found, Spot{filepath.Base(b.path), int64(at), length, sequence})
		}
		at += int(length)
	}
	return found, nil
}

// Overwrite has records deleted and then overwrites them, as the server of the stream does itself when it is asked to
// for each of them, but with a block synced once for all of them. The server may be running: it never writes again
// where it has written. What a call that fails leaves undone, the next one does, or [Store].
//
// First a file says which records they are, so that of a power cut in the midst no record is left that is neither one
// nor the other: the server would cut off the block there.
func Overwrite(folder string, spots []Spot, remove func() error) error {
	left, err := undone(folder)
	spots = append(left, spots...)
	if err == nil && len(spots) > 0 {
		err = note(folder, spots)
	}
	if err == nil {
		err = remove()
	}
	if err == nil && len(spots) > 0 {
		err = overwrite(folder, spots)
	}
	if err != nil {
		return fmt.Errorf("overwriting records: %w", err)
	}
	return nil
}

func note(folder string, spots []Spot) error {
	content, err := json.Marshal(spots)
	if err != nil {
		return err
	}
	return durable.Replace(filepath.Join(folder, overwriting), content)
}

// undone returns what an Overwrite has noted and may not have overwritten.
func undone(folder string) (spots []Spot, err error) {
	content, err := os.ReadFile(filepath.Join(folder, overwriting))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &spots)
	}
	return spots, err
}

// overwriting ends what an Overwrite has left undone. The index may know the records as they were; the server makes it
// anew.
func (m *mender) overwriting(folder string) error {
	spots, err := undone(folder)
	if err != nil || len(spots) == 0 {
		return err
	}
	m.log.Warn("the service was ended amid an erasure: overwriting what it left", "stream", filepath.Base(folder),
		"records", len(spots))
	if err := os.Remove(filepath.Join(folder, "msgs", "index.db")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return overwrite(folder, spots)
}

func overwrite(folder string, spots []Spot) error {
	for from := 0; from < len(spots); {
		to := from + 1
		for to < len(spots) && spots[to].Block == spots[from].Block {
			to++
		}
		if err := overwriteIn(folder, spots[from:to]); err != nil {
			return err
		}
		from = to
	}
	return os.Remove(filepath.Join(folder, overwriting))
}

// overwriteIn overwrites records of one block. Where there is another record now, or none, the server has written the
// block anew, without what it had deleted.
func overwriteIn(folder string, spots []Spot) error {
	name := spots[0].Block
	var number int
	if _, err := fmt.Sscanf(name, "%d.blk", &number); err != nil {
		return fmt.Errorf("the block %q: %w", name, err)
	}
	file, err := os.OpenFile(filepath.Join(folder, "msgs", filepath.Base(name)), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	key := fmt.Sprintf("%s-%d", filepath.Base(folder), number)
	for _, s := range spots {
		var head [22]byte
		if _, err := file.ReadAt(head[:], s.Offset); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if binary.LittleEndian.Uint32(head[:])&^hasHeaders != s.Length ||
			binary.LittleEndian.Uint64(head[4:])&^erasedMark != s.Sequence {
			continue
		}
		if _, err := file.WriteAt(s.overwritten(key), s.Offset); err != nil {
			return err
		}
	}
	return file.Sync()
}

// overwritten returns the record as the server has it when it has overwritten one: without subject and headers, of
// chance, with the erased mark and the checksum of all that.
func (s Spot) overwritten(key string) []byte {
	record := make([]byte, s.Length)
	binary.LittleEndian.PutUint32(record, s.Length)
	binary.LittleEndian.PutUint64(record[4:], s.Sequence|erasedMark)
	body := record[22 : s.Length-checksumSize]
	_, _ = rand.Read(body) // it never fails
	hash := newHash(key)
	hash.Write(record[4:20])
	hash.Write(body)
	copy(record[s.Length-checksumSize:], hash.Sum(nil))
	return record
}
