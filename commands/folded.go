package commands

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Folded returns the form in which names are compared: Unicode NFKD without marks and invisible
// characters, case-folded, without blanks around it.
func Folded(s string) string {
	if isASCII(s) {
		return strings.ToLower(strings.TrimSpace(s))
	}
	stripped := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.M, unicode.Cf) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return strings.TrimSpace(cases.Fold().String(stripped))
}

// CompareFolded compares Folded(a) with Folded(b) like strings.Compare. It does not fold when the first difference lies
// among ASCII letters, digits and signs, because nothing behind a place changes what folding makes of it.
func CompareFolded(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		x, y := a[i], b[i]
		if !solid(x) && (x != ' ' || i == 0) || !solid(y) && (y != ' ' || i == 0) {
			return strings.Compare(Folded(a), Folded(b))
		}
		if x, y := lower(x), lower(y); x != y {
			if x == ' ' || y == ' ' {
				return strings.Compare(Folded(a), Folded(b))
			}
			return int(x) - int(y)
		}
	}
	if len(a) == len(b) {
		return 0
	}
	if len(a) > n && !solid(a[n]) || len(b) > n && !solid(b[n]) {
		return strings.Compare(Folded(a), Folded(b))
	}
	return len(a) - len(b)
}

// solid reports whether folding neither trims c nor makes anything of it but its lower case.
func solid(c byte) bool { return ' ' < c && c < 0x7f }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
