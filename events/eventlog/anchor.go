package eventlog

import (
	"encoding/json"
	"fmt"
	"os"

	"accountd/events"
	"accountd/events/durable"
)

// anchor is the file's form of a place in the Log.
type anchor struct {
	Sequence uint64 `json:"sequence"`
	Chain    string `json:"chain"`
}

// LoadAnchor reads the place in the Log that SaveAnchor stored; its Time is zero. The error is fs.ErrNotExist when there is
// no such file, and events.ErrChain when it names no chain hash.
func LoadAnchor(path string) (events.Head, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return events.Head{}, fmt.Errorf("reading the anchor: %w", err)
	}
	var a anchor
	if err := json.Unmarshal(content, &a); err != nil {
		return events.Head{}, fmt.Errorf("reading the anchor %s: %w", path, err)
	}
	chain, err := events.ParseChain(a.Chain)
	if err != nil {
		return events.Head{}, fmt.Errorf("reading the anchor %s: %w", path, err)
	}
	return events.Head{Sequence: a.Sequence, Chain: chain}, nil
}

// SaveAnchor stores a place in the Log, so that a later start can tell whether the Log still is the same (see
// [Log.Verify]). The file is on disk when SaveAnchor returns; a crash leaves the one before.
func SaveAnchor(path string, head events.Head) error {
	content, err := json.Marshal(anchor{Sequence: head.Sequence, Chain: head.Chain.String()})
	if err != nil {
		return fmt.Errorf("writing the anchor: %w", err)
	}
	return durable.Replace(path, append(content, '\n'))
}
