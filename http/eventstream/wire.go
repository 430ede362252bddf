package eventstream

import (
	"encoding/json"
	"fmt"
	"time"

	"accountd/events"
	"accountd/events/feed"
)

// end is the last event of a stream that would have gone on.
type end struct {
	Type     string `json:"type"`
	Reason   string `json:"reason"`
	Detail   string `json:"detail"`
	Sequence uint64 `json:"sequence"` // everything up to it was looked at
}

// frame is a Record as it is sent.
type frame struct {
	sequence  uint64
	time      time.Time
	kind      string // of event
	aggregate events.Aggregate
	sse       []byte // id, event and data
	line      []byte // the JSON among it, with its line break
}

func frameOf(r events.Record) (frame, error) {
	event := feed.MessageOf(r)
	event.Data = events.Mask(r.Event) // more than is public: who reads the history may see all but secrets
	data, err := json.Marshal(event)
	if err != nil {
		return frame{}, fmt.Errorf("encoding record %d: %w", r.Sequence, err)
	}
	head := fmt.Sprintf("id: %d\nevent: %s\ndata: ", r.Sequence, r.Type)
	sse := make([]byte, 0, len(head)+len(data)+2)
	sse = append(append(append(sse, head...), data...), "\n\n"...)
	return frame{sequence: r.Sequence, time: r.Time, kind: r.Type, aggregate: r.Aggregate,
		sse: sse, line: sse[len(head) : len(sse)-1]}, nil
}

func framesOf(records []events.Record) ([]frame, error) {
	out := make([]frame, len(records))
	for i, r := range records {
		var err error
		if out[i], err = frameOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}
