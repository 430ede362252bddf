package projections

import (
	"slices"
	"sync"
)

// backlog is the work queue of text indexes: the fields whose index needs work. One goroutine does it, field after
// field, in the background of queries and writes, and ends when nothing is left.
type backlog struct {
	mu    sync.Mutex
	queue []Field       // those that wait; the one being worked on may wait to be worked on again
	done  chan struct{} // closed when the goroutine ends; nil when there is none
}

// tend has the field's text index built, or frozen when it is there, in the background.
func (v *View) tend(f Field) {
	c := &v.backlog
	c.mu.Lock()
	defer c.mu.Unlock()
	if slices.Contains(c.queue, f) {
		return
	}
	c.queue = append(c.queue, f)
	if c.done == nil {
		c.done = make(chan struct{})
		go v.work()
	}
}

// freeze has the text indexes worked on that need it. The caller holds the writer's lock.
func (v *View) freeze() {
	for f := range v.indexes.texts {
		if v.needsWork(f) {
			v.tend(f)
		}
	}
}

// needsWork reports whether the text index is not there, has much in its delta, or may have a text of somebody who was
// erased since. The caller holds the writer's lock.
func (v *View) needsWork(f Field) bool {
	t := v.indexes.texts[f]
	return t == nil || t.Waiting() >= v.limits.freeze || t.erased < len(v.erased)
}

func (v *View) work() {
	for f, more := v.backlog.next(); more; f, more = v.backlog.next() {
		v.mu.Lock()
		needed := v.needsWork(f)
		v.mu.Unlock()
		if !needed {
			continue // it was asked for while the work was being done
		}
		beside(v, func(s *Snapshot) *fieldTexts {
			if t := s.texts[f]; t != nil && t.erased == len(s.erased) {
				return t.frozen()
			}
			return newFieldTexts(f, s, v.limits.many)
		}, func(t *fieldTexts) {
			v.indexes.texts[f] = t
			v.freeze() // much may have changed meanwhile
		})
	}
}

// next takes the field out of the queue that has waited longest.
func (c *backlog) next() (f Field, more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		f, c.queue = c.queue[0], c.queue[1:]
		return f, true
	}
	close(c.done)
	c.done = nil
	return "", false
}

// Settle returns when the indexing that goes on in the background has ended. Nobody needs to wait for it: queries are
// answered meanwhile, if more slowly.
func (v *View) Settle() {
	v.backlog.mu.Lock()
	done := v.backlog.done
	v.backlog.mu.Unlock()
	if done != nil {
		<-done
	}
}
