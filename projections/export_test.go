package projections

import "accountd/commands"

// NewSmallView returns a View that does with few users what others do with many.
func NewSmallView(freeze, fetch, missed int) *View {
	v := NewView()
	v.limits = limits{freeze: freeze, fetch: fetch, many: 3, missed: missed}
	return v
}

// Search returns the numbers of those whom text indexes find, and how many filters these do not answer.
func (s *Snapshot) Search(filters ...Filter) (numbers []int64, left int) {
	set, rest := s.search(filters)
	numbers = []int64{}
	if set != nil {
		for i := set.Iterator(); i.HasNext(); {
			numbers = append(numbers, int64(i.Next()))
		}
	}
	return numbers, len(rest)
}

// Everybody returns all users by number.
func (s *Snapshot) Everybody() []*commands.User { return s.byNumber.Items() }

// Remembered returns what is remembered of all who were deleted.
func (s *Snapshot) Remembered() []*commands.Deleted { return s.deleted.Items() }

// HoldsText reports whether the text is anywhere in the field's text index, found or not.
func (s *Snapshot) HoldsText(f Field, text string) bool { return s.texts[f].Holds(text) }

// Sizes returns how many segments the field's text index has, and how many changes wait in its delta.
func (s *Snapshot) Sizes(f Field) (segments, delta int) {
	if t := s.texts[f]; t != nil {
		return t.Segments(), t.Waiting()
	}
	return 0, 0
}
