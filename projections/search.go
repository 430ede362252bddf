package projections

import (
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"accountd/events"
)

// search returns the numbers of the users whom those of the filters keep that text indexes answer, and the filters that
// are left; no set when there is no such index.
func (s *Snapshot) search(filters []Filter) (set *roaring.Bitmap, left []Filter) {
	for _, f := range filters {
		found, ok := s.find(f)
		switch {
		case !ok:
			left = append(left, f)
		case set == nil:
			set = found
		default:
			set.And(found)
		}
	}
	return set, left
}

func (s *Snapshot) find(f Filter) (found *roaring.Bitmap, ok bool) {
	fields := s.textIndexes(f)
	if len(fields) == 0 || slices.ContainsFunc(fields, s.lacks) {
		return nil, false
	}
	found = roaring.New()
	for _, field := range fields {
		for _, v := range f.values {
			more := s.texts[field].Find(f.pattern(v))
			more.Or(found)
			found = more
		}
	}
	return found, true
}

func (s *Snapshot) lacks(f Field) bool { return s.texts[f] == nil }

// textIndexes returns the fields whose text indexes answer the filter: none once there is a number that is no uint32.
func (s *Snapshot) textIndexes(f Filter) []Field {
	if s.LastNumber(events.UserNumber) > math.MaxUint32 {
		return nil
	}
	if f.op != Contains && f.op != Prefix || slices.ContainsFunc(f.values, func(v value) bool { return v.text == "" }) {
		return nil
	}
	return f.Field.textIndexes()
}

// want has the text indexes built that would answer the filters, if there are enough users to be worth it.
func (v *View) want(s *Snapshot, filters []Filter) {
	if s.Len() < v.limits.freeze {
		return
	}
	for _, f := range filters {
		for _, field := range s.textIndexes(f) {
			if s.lacks(field) {
				v.tend(field)
			}
		}
	}
}
