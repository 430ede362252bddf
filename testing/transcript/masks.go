package transcript

import (
	"fmt"
	"regexp"
	"strings"
)

// Mask is a form of values that differ from run to run.
type Mask struct {
	// with the value's number among those of this Mask as its %d; without, it stands for all of them
	Name string
	Form *regexp.Regexp // its last group is the value
	Keep string         // values that begin so are shown, when not empty
}

// Masks are the names under which values that differ from run to run stand in a transcript.
type Masks struct {
	masks  []Mask
	counts []int // of the values that have a name, by Mask
	names  []named
}

type named struct{ name, value string }

// NewMasks returns Masks that give names to values of these forms, by the first form that fits.
func NewMasks(masks ...Mask) *Masks { return &Masks{masks: masks, counts: make([]int, len(masks))} }

// Name gives a value a name.
func (m *Masks) Name(name, value string) { m.names = append(m.names, named{name, value}) }

// Hide puts names where values stand.
func (m *Masks) Hide(text string) string {
	for i, mask := range m.masks {
		if !strings.Contains(mask.Name, "%d") {
			text = replaceLast(mask, text)
			continue
		}
		for _, found := range mask.Form.FindAllStringSubmatch(text, -1) {
			m.number(i, found[len(found)-1])
		}
	}
	for _, n := range m.names {
		text = strings.ReplaceAll(text, n.value, n.name)
	}
	return text
}

// Reveal puts values where names stand.
func (m *Masks) Reveal(text string) string {
	for _, n := range m.names {
		text = strings.ReplaceAll(text, n.name, n.value)
	}
	return text
}

// number names a value that has no name yet.
func (m *Masks) number(mask int, value string) {
	if keep := m.masks[mask].Keep; keep != "" && strings.HasPrefix(value, keep) {
		return
	}
	for _, n := range m.names {
		if n.value == value {
			return
		}
	}
	m.counts[mask]++
	m.Name(fmt.Sprintf(m.masks[mask].Name, m.counts[mask]), value)
}

// replaceLast puts the mask's name where the last group of its form stands.
func replaceLast(mask Mask, text string) string {
	var out strings.Builder
	end := 0
	for _, at := range mask.Form.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(text[end:at[len(at)-2]] + mask.Name)
		end = at[len(at)-1]
	}
	return out.String() + text[end:]
}
