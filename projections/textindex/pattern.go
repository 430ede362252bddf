package textindex

import "strings"

// Pattern is a folded text, not empty, that is looked for in folded texts.
type Pattern struct {
	Text   string
	Prefix bool // it must stand at the beginning
}

// In reports whether the pattern is in the text.
func (p Pattern) In(text string) bool {
	if p.Prefix {
		return strings.HasPrefix(text, p.Text)
	}
	return strings.Contains(text, p.Text)
}
