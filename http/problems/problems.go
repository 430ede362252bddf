package problems

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Problem is a code with what there is to know about it.
type Problem struct {
	Code     string
	Statuses []int
	Meaning  string // what has happened
	Advice   string // what the caller can do
}

// All returns the problems, ordered by code.
func All() []Problem {
	all := slices.Concat(requests(), values(), directoryValues(), callers(), absences(), clashes(), failures())
	slices.SortFunc(all, func(a, b Problem) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// statuses returns the statuses as people know them.
func (p Problem) statuses() string {
	var texts []string
	for _, status := range p.Statuses {
		texts = append(texts, fmt.Sprint(status, " ", http.StatusText(status)))
	}
	return strings.Join(texts, ", ")
}
