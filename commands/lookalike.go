package commands

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"
)

// maxLookAlikes bounds how many texts one name is taken to look like.
const maxLookAlikes = 16

// LookAlikes returns the folded texts that readers would take a name for: none for a name of letters that fold to
// ASCII, which is what it looks like; at most 16 for any other. They are made of the skeleton of Unicode TR39 (the
// confusables of Unicode 17) of each letter, as it is and in its other case, but what is ASCII stays as it is, so that
// "user1" and "userl", or "modem" and "modern", are two names. A mail domain is read as it is in Unicode; a letter of
// it that differs by marks alone is taken for itself, as domains are. Two names look alike when a folded form or a
// look-alike of one is that of the other.
func LookAlikes(name string) []string {
	local, domain, ok := address(strings.TrimSpace(name))
	if ok {
		domain = inUnicode(domain)
	}
	if isASCII(folded(local)) && isASCII(folded(domain)) {
		return nil
	}
	out := looksOfAll([]string{""}, local, looksOf)
	if ok {
		out = looksOfAll(extended(out, []string{"@"}), domain, looksInDomain)
	}
	for i, s := range out {
		out[i] = norm.NFD.String(s)
		if local, domain, ok := address(s); ok && aLabels(domain) != "" {
			out[i] = norm.NFD.String(local) + "@" + aLabels(domain)
		}
	}
	return out
}

// looksOfAll returns each beginning with what the text looks like, at most 16.
func looksOfAll(out []string, text string, of func(rune) []string) []string {
	for _, r := range text {
		looks := of(r)
		if len(out)*len(looks) > maxLookAlikes {
			looks = looks[:1]
		}
		out = extended(out, looks)
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

// looksInDomain keeps what differs from ASCII by marks alone, which makes another domain.
func looksInDomain(r rune) []string {
	if isASCII(folded(string(r))) {
		return []string{string(unicode.ToLower(r))}
	}
	return looksOf(r)
}

// looksOf returns what a character looks like, the likeliest first, "" when it is not seen. Fonts draw many letters in
// lower case like small capitals, and a name may be written in capitals: so both cases count.
func looksOf(r rune) (out []string) {
	if r < 0x80 {
		return []string{string(unicode.ToLower(r))}
	}
	folded := Folded(string(r))
	seen := []rune{r, unicode.ToUpper(r)}
	if utf8.RuneCountInString(folded) == 1 {
		f, _ := utf8.DecodeRuneInString(folded)
		seen = append(seen, f)
	}
	for _, c := range seen {
		for _, s := range skeletons(c) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	if out == nil {
		return []string{folded}
	}
	return out
}

// smallCapitals are the letters that look like a to z in capitals; there is none of x. TR39 knows few of them.
const smallCapitals = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ"

// skeletons returns the texts that TR39 takes the character for, none when it is like no other. Many that it takes for
// an l or an O may as well be meant for a digit, or for a capital i; and it keeps kra, the skeleton of the ka of other
// scripts, apart from a k.
func skeletons(c rune) []string {
	if i := strings.IndexRune(smallCapitals, c); i >= 0 {
		return []string{string(rune('a' + utf8.RuneCountInString(smallCapitals[:i])))}
	}
	if c == '\u3002' { // the ideographic full stop, to which others fold
		return []string{"."}
	}
	switch looks := confusable.GetReplacement(c); looks {
	case "":
		return nil
	case "l":
		return []string{"l", "1", "i"}
	case "O", "o":
		return []string{"o", "0"}
	case "ĸ":
		return []string{"k"}
	default:
		return []string{strings.ReplaceAll(strings.ToLower(looks), "rn", "m")} // TR39's form of m
	}
}

// foreign reports whether a name has look-alikes.
func foreign(name string) bool { return LookAlikes(name) != nil }

// looksLike reports whether two names of which at least one is foreign look alike, or are the same.
func looksLike(a, b string) bool {
	like := append(LookAlikes(b), Folded(b))
	return slices.ContainsFunc(append(LookAlikes(a), Folded(a)),
		func(s string) bool { return slices.Contains(like, s) })
}
