package eventlist

import (
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
