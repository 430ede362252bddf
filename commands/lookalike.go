package commands

import (
	"slices"
	"strings"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"
)

// maxLookAlikes bounds how many texts one name is taken to look like.
const maxLookAlikes = 16

// LookAlikes returns the folded texts that readers would take a name for: none for a name whose folded form is ASCII,
// which is what it looks like; at most 16 for any other. They are made of the skeleton of Unicode TR39 (the confusables
// of Unicode 17), but what is ASCII stays as it is, so that "user1" and "userl", or "modem" and "modern", are two names.
// Two names look alike when a folded form or a look-alike of one is that of the other.
func LookAlikes(name string) []string {
	folded := Folded(name)
	if isASCII(folded) {
		return nil
	}
	out := []string{""}
	for _, r := range folded {
		looks := looksOf(r)
		if len(out)*len(looks) > maxLookAlikes {
			looks = looks[:1]
		}
		out = extended(out, looks)
	}
	for i, s := range out {
		out[i] = norm.NFD.String(s)
	}
	return out
}

// extended returns each beginning with each end.
func extended(beginnings, ends []string) []string {
	out := make([]string, 0, len(beginnings)*len(ends))
	for _, end := range ends {
		for _, beginning := range beginnings {
			out = append(out, beginning+end)
		}
	}
	return out
}

// looksOf returns what a character looks like among folded ones. Many that TR39 takes for an l or an O may as well be meant
// for a digit, or for a capital i.
func looksOf(r rune) []string {
	if r < 0x80 {
		return []string{string(r)}
	}
	switch looks := confusable.GetReplacement(r); looks {
	case "":
		return []string{string(r)}
	case "l":
		return []string{"l", "1", "i"}
	case "O", "o":
		return []string{"o", "0"}
	default:
		return []string{strings.ReplaceAll(strings.ToLower(looks), "rn", "m")} // TR39's form of m
	}
}

// foreign reports whether a name has look-alikes.
func foreign(name string) bool { return !isASCII(name) && !isASCII(Folded(name)) }

// looksLike reports whether two names of which at least one is foreign look alike, or are the same.
func looksLike(a, b string) bool {
	like := append(LookAlikes(b), Folded(b))
	return slices.ContainsFunc(append(LookAlikes(a), Folded(a)), func(s string) bool { return slices.Contains(like, s) })
}
