package committer

import (
	"cmp"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/events/eventlog"
)

// decided is a request with what Decide made of it.
type decided struct {
	*request
	unchanged commands.Outcome // when it leads to no Event
	drafts    []events.Draft
	err       error
}

// decideGroup decides one request after another, each on what the ones before it will have made true.
func decideGroup(states commands.States, group []*request) (batch []decided, left int) {
	o := commands.NewOverlay(states)
	total := 0
	for i, r := range group {
		d := decided{request: r, unchanged: commands.Unchanged(o, r.cmd)}
		if d.err = cmp.Or(r.ctx.Err(), r.failed); d.err == nil && r.done == nil {
			d.drafts, d.err = commands.Decide(o, r.actor, r.cmd)
		}
		if total += len(d.drafts); total > eventlog.MaxBatch {
			return batch, len(group) - i
		}
		o.Add(r.actor, d.drafts)
		batch = append(batch, d)
	}
	return batch, 0
}

func (d decided) entry(s commands.States) eventlog.Entry {
	id := d.once.ID
	if id == uuid.Nil {
		id = uuid.Must(uuid.NewV7())
	}
	return eventlog.Entry{Command: id, Cause: d.actor.Cause(s), Drafts: d.drafts}
}

func (d decided) reply(records []events.Record) {
	switch {
	case d.err != nil:
		d.end(answer{err: d.err})
	case d.done != nil:
		d.end(answer{outcome: *d.done})
	default:
		d.end(answer{outcome: d.unchanged.After(d.cmd, records)})
	}
}

func answerAll(batch []decided, records []events.Record) {
	for _, d := range batch {
		n := min(len(d.drafts), len(records))
		d.reply(records[:n])
		records = records[n:]
	}
}

func refuseAll(group []*request, err error) {
	for _, r := range group {
		r.end(answer{err: err})
	}
}

func busy(reason, detail string) *commands.Refusal {
	return &commands.Refusal{Kind: commands.Busy, Reason: reason, Detail: detail}
}
