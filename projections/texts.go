package projections

import (
	"accountd/commands"
	"accountd/projections/textindex"
)

// fieldTexts is the text index of one field of all users.
type fieldTexts struct {
	*textindex.Index
	text   func(*commands.User) string
	erased int // so many users were erased before it was made
}

// newFieldTexts returns the index of the texts that those in the Snapshot have in the field.
func newFieldTexts(f Field, s *Snapshot, many int) *fieldTexts {
	def, _ := define(f)
	t := &fieldTexts{text: def.written().text, erased: len(s.erased)}
	var entries []textindex.Entry
	s.byNumber.Scan(func(u *commands.User) bool {
		if e := t.entry(u); e.Text != "" {
			entries = append(entries, e)
		}
		return true
	})
	t.Index = textindex.New(entries, many)
	return t
}

func (t *fieldTexts) entry(u *commands.User) textindex.Entry {
	if u == nil {
		return textindex.Entry{}
	}
	return textindex.Entry{Number: u.Number, Text: commands.Searched(t.text(u))}
}

// copy returns a picture for readers.
func (t *fieldTexts) copy() *fieldTexts {
	return &fieldTexts{Index: t.Copy(), text: t.text, erased: t.erased}
}

// move puts after in the place of before; either may be nil.
func (t *fieldTexts) move(before, after *commands.User) {
	t.Move(t.entry(before), t.entry(after))
}

// frozen returns an index of the same content without a delta.
func (t *fieldTexts) frozen() *fieldTexts {
	return &fieldTexts{Index: t.Frozen(), text: t.text, erased: t.erased}
}
