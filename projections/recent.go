package projections

import (
	"sync/atomic"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
)

// maxRecent bounds how many patterns a segment remembers: at most a bit for each user and pattern.
const maxRecent = 32

// recent remembers what was found for the patterns that were last looked for, so that who pages through a long list
// pays for it once. Readers take no lock.
type recent struct {
	found atomic.Pointer[[]remembered] // the newest first
}

type remembered struct {
	pattern pattern
	numbers *roaring64.Bitmap
}

func (r *recent) get(p pattern) (*roaring64.Bitmap, bool) {
	if all := r.found.Load(); all != nil {
		for _, m := range *all {
			if m.pattern == p {
				return m.numbers, true
			}
		}
	}
	return nil, false
}

func (r *recent) put(p pattern, numbers *roaring64.Bitmap) {
	for {
		before := r.found.Load()
		after := []remembered{{p, numbers}}
		if before != nil {
			after = append(after, (*before)[:min(len(*before), maxRecent-1)]...)
		}
		if r.found.CompareAndSwap(before, &after) {
			return
		}
	}
}
