package transcript

import "strings"

const (
	separator = "\n=== "
	arrow     = "\n-->"
)

// Sections is the form with a title for each exchange.
func Sections(p Player, text string) string {
	parts := strings.Split(strings.TrimRight(text, "\n"), separator)
	out := []string{strings.TrimRight(parts[0], "\n")}
	for _, exchange := range parts[1:] {
		request, _, _ := strings.Cut(exchange, arrow)
		request = strings.TrimRight(request, "\n")
		_, sent, _ := strings.Cut(request, "\n")
		out = append(out, request+arrow+"\n"+p.section(sent))
	}
	return strings.Join(out, "\n"+separator) + "\n"
}

func (p Player) section(request string) string {
	if order, ok := strings.CutPrefix(request, "DO "); ok {
		p.Order(p.Masks.Reveal(order))
		return "done"
	}
	return p.answer(request, "\n")
}

// Marked is the form whose lines say by their first sign what they are.
func Marked(p Player, text string) string {
	var out, request []string
	flush := func() {
		if len(request) > 0 {
			for line := range strings.Lines(p.answer(strings.Join(request, "\n"), "")) {
				out = append(out, "< "+strings.TrimSuffix(line, "\n"))
			}
			request = nil
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "<"):
			flush()
			continue
		case strings.HasPrefix(line, ">"):
			request = append(request, strings.TrimPrefix(strings.TrimPrefix(line, ">"), " "))
			out = append(out, line)
			continue
		}
		flush()
		if order, ok := strings.CutPrefix(line, "! "); ok {
			p.Order(p.Masks.Reveal(order))
		}
		out = append(out, line)
	}
	flush()
	return strings.Join(out, "\n") + "\n"
}
