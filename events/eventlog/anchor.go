package eventlog

import (
	"encoding/json"
	"fmt"
	"os"

	"accountd/events"
	"accountd/events/durable"
)

// Anchor is a place in the Log that is kept outside of it.
type Anchor struct {
	Head events.Head // its Time is not kept
	Root []byte      // of the Merkle tree of the Records up to it (see package audit); empty when it was not known
}

// anchor is the file's form of an Anchor.
type anchor struct {
	Sequence uint64 `json:"sequence"`
	Chain    string `json:"chain"`
	Root     []byte `json:"root,omitempty"`
}

// LoadAnchor reads what SaveAnchor stored. The error is fs.ErrNotExist when there is
// no such file, and events.ErrChain when it names no chain hash.
func LoadAnchor(path string) (Anchor, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return Anchor{}, fmt.Errorf("reading the anchor: %w", err)
	}
	var a anchor
	if err := json.Unmarshal(content, &a); err != nil {
		return Anchor{}, fmt.Errorf("reading the anchor %s: %w", path, err)
	}
	chain, err := events.ParseChain(a.Chain)
	if err != nil {
		return Anchor{}, fmt.Errorf("reading the anchor %s: %w", path, err)
	}
	return Anchor{Head: events.Head{Sequence: a.Sequence, Chain: chain}, Root: a.Root}, nil
}

// SaveAnchor stores a place in the Log, so that a later start can tell whether the Log still is the same (see
// [Log.Verify]). The file is on disk when SaveAnchor returns; a crash leaves the one before.
func SaveAnchor(path string, a Anchor) error {
	content, err := json.Marshal(anchor{Sequence: a.Head.Sequence, Chain: a.Head.Chain.String(), Root: a.Root})
	if err != nil {
		return fmt.Errorf("writing the anchor: %w", err)
	}
	return durable.Replace(path, append(content, '\n'))
}
