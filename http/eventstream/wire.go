package eventstream

import (
	"encoding/json"
	"fmt"
	"time"

	"accountd/events"
)

// event is a Record as CloudEvents 1.0 JSON.
type event struct {
	SpecVersion string       `json:"specversion"`
	ID          string       `json:"id"`
	Type        string       `json:"type"`
	Source      string       `json:"source"`
	Subject     string       `json:"subject"`
	Time        time.Time    `json:"time"`
	ContentType string       `json:"datacontenttype"`
	Sequence    uint64       `json:"sequence"`
	Actor       string       `json:"actor"`
	Credential  string       `json:"credential,omitempty"`
	RequestID   string       `json:"requestid,omitempty"`
	Erased      bool         `json:"erased,omitempty"`
	Data        events.Event `json:"data"` // null when erased
}

func eventOf(r events.Record) event {
	return event{
		SpecVersion: "1.0", ID: r.ID.String(), Type: r.Type, Source: "accountd", Time: r.Time.UTC(),
		Subject:     string(r.Aggregate.Kind) + "s/" + r.Aggregate.ID.String(),
		ContentType: "application/json",
		Sequence:    r.Sequence, Actor: r.Cause.Actor, Credential: r.Cause.Credential, RequestID: r.Cause.RequestID,
		Erased: r.Erased, Data: events.Mask(r.Event),
	}
}

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
	data, err := json.Marshal(eventOf(r))
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
