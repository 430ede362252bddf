package projections

import "accountd/events"

// Observer is told what a View applies, with the writer waiting: it must return at once.
type Observer interface {
	// Begin says which Record was the newest that the View had applied before the first that Applied gets.
	Begin(position uint64)
	// Applied gets Records in order, each once, when readers see them. They may be kept.
	Applied(records []events.Record)
}

// Observe tells the Observer of everything that is applied from now on.
func (v *View) Observe(o Observer) {
	v.mu.Lock()
	defer v.mu.Unlock()
	o.Begin(v.head.Sequence)
	v.watching = append(v.watching, o)
}

// tell tells the observers which of the Records were applied now.
func (v *View) tell(records []events.Record, before uint64) {
	for len(records) > 0 && records[0].Sequence <= before {
		records = records[1:]
	}
	records = records[:min(uint64(len(records)), v.head.Sequence-before)]
	if len(records) == 0 {
		return
	}
	for _, o := range v.watching {
		o.Applied(records)
	}
}
