package eventstream

import (
	"sync"

	"accountd/events"
)

// Bounds of the tail: a reader who is further behind is dropped.
const (
	tailFrames = 8192
	tailBytes  = 16 << 20
)

// tail holds the newest Records, encoded, for all who follow. It is safe for concurrent use: a reader takes a stretch
// of frames, which never change, and writes it out without holding anything.
type tail struct {
	mu          sync.RWMutex
	followers   int
	from, head  uint64 // the frames are of the Records behind from, up to head
	frames      []frame
	size        int // bytes in frames
	moved       chan struct{}
	most, bytes int // bounds
}

func newTail() *tail {
	return &tail{moved: make(chan struct{}), most: tailFrames, bytes: tailBytes}
}

// Begin says up to where the Records were applied before the first that comes.
func (t *tail) Begin(head uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.from, t.head = head, head
}

// join makes the tail hold what is added from now on. Who joins must leave.
func (t *tail) join() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.followers++; t.followers == 1 {
		t.forget(t.head)
	}
}

func (t *tail) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.followers--; t.followers == 0 {
		t.forget(t.head)
	}
}

// forget drops all frames.
func (t *tail) forget(from uint64) { t.from, t.frames, t.size = from, nil, 0 }

// Applied takes Records that follow directly on those before. An erasure takes with it what was said of anybody: the
// frames before it hold the erased user's data.
func (t *tail) Applied(records []events.Record) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.head = records[len(records)-1].Sequence
	if t.followers == 0 {
		return
	}
	for _, r := range records {
		if r.Type == (events.UserErased{}).Type() {
			t.forget(r.Sequence - 1)
		}
		f, err := frameOf(r)
		if err != nil {
			t.forget(r.Sequence) // who reads it from the log is told
			continue
		}
		t.frames, t.size = append(t.frames, f), t.size+len(f.sse)
	}
	t.trim()
	close(t.moved)
	t.moved = make(chan struct{})
}

func (t *tail) trim() {
	for len(t.frames) > t.most || t.size > t.bytes && len(t.frames) > 1 {
		t.size -= len(t.frames[0].sse)
		t.from, t.frames = t.frames[0].sequence, t.frames[1:]
	}
}

// after returns the frames behind the sequence and what is closed when more come; ok is false when not all of them are
// held any more.
func (t *tail) after(sequence uint64) (frames []frame, moved <-chan struct{}, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	switch {
	case sequence < t.from:
		return nil, nil, false
	case sequence >= t.head:
		return nil, t.moved, true
	}
	return t.frames[sequence-t.from:], t.moved, true
}

// position returns the sequence of the newest Record.
func (t *tail) position() uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.head
}
