package projections

import (
	"slices"
	"sync"
)

// chores are the fields whose text indexes need work. One goroutine does it, field after field, beside queries and
// writes, and ends when nothing is left.
type chores struct {
	mu    sync.Mutex
	queue []Field       // the first is being worked on
	done  chan struct{} // closed when the goroutine ends; nil when there is none
}

// tend has the field's text index built, or frozen when it is there, in the background.
func (v *View) tend(f Field) {
	c := &v.chores
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.queue, f) {
		return
	}
	c.queue = append(c.queue, f)
	if c.done == nil {
		c.done = make(chan struct{})
		go v.work(f)
	}
}

// freeze has the text indexes frozen in whose delta there is much, and those built anew that may have a text of somebody
// who was erased since.
func (v *View) freeze() {
	for f, t := range v.indexes.texts {
		if t.delta.Len() >= v.limits.freeze || t.erased < len(v.erased) {
			v.tend(f)
		}
	}
}

func (v *View) work(f Field) {
	for more := true; more; f, more = v.chores.next() {
		for current := false; !current; {
			beside(v, func(s *Snapshot) *textIndex {
				if t := s.texts[f]; t != nil && t.erased == len(s.erased) {
					return t.frozen()
				}
				return newTextIndex(f, s)
			}, func(t *textIndex) { v.indexes.texts[f], current = t, t.erased == len(v.erased) })
		}
	}
}

// next returns the field after the one that was worked on.
func (c *chores) next() (Field, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queue = c.queue[1:]; len(c.queue) > 0 {
		return c.queue[0], true
	}
	close(c.done)
	c.done = nil
	return "", false
}

// Settle returns when the indexing that goes on in the background has ended. Nobody needs to wait for it: queries are
// answered meanwhile, if more slowly.
func (v *View) Settle() {
	v.chores.mu.Lock()
	done := v.chores.done
	v.chores.mu.Unlock()
	if done != nil {
		<-done
	}
}
