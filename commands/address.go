package commands

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// ValidEmail reports whether the text can be a user's e-mail address.
func ValidEmail(s string) bool {
	local, domain, ok := address(s)
	return validAddress(s) && ok && (!international(domain) ||
		aLabels(domain) != "" && validAddress(local+"@"+aLabels(domain)))
}

// validAddress leaves out what can be written in another way, which would be another account for the same mailbox.
func validAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && (&mail.Address{Address: a.Address}).String() == "<"+s+">"
}

// Folded returns the form in which names are compared: Unicode NFKD without marks and invisible characters,
// case-folded, without blanks around it. Of an e-mail address only the local part is folded so: its domain is what it
// is in DNS, lower-case A-labels, so that an address is its mailbox however its domain is written.
func Folded(s string) string {
	if isASCII(s) {
		return strings.ToLower(strings.TrimSpace(s))
	}
	if local, domain, ok := address(strings.TrimSpace(s)); ok && international(domain) {
		if labels := aLabels(domain); labels != "" {
			return strings.TrimLeftFunc(folded(local), unicode.IsSpace) + "@" + labels
		}
		if f := strings.TrimSpace(folded(s)); f != s { // which may be an address
			return Folded(f)
		}
	}
	return strings.TrimSpace(folded(s))
}

func folded(s string) string {
	stripped := strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.M, unicode.Cf) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return strings.Map(foldedCherokee, cases.Fold().String(stripped))
}

// foldedCherokee returns the letter as Unicode folds it: x/text folds large Cherokee letters to small ones and these to
// large ones, so that the two spellings of a name would not meet.
func foldedCherokee(r rune) rune {
	if unicode.Is(unicode.Cherokee, r) {
		return unicode.ToUpper(r)
	}
	return r
}

// CompareFolded compares Folded(a) with Folded(b) like strings.Compare. It does not fold when the first difference lies
// among ASCII letters, digits and signs, because nothing behind a place changes what folding makes of it, but in a
// domain that is not of ASCII.
func CompareFolded(a, b string) int {
	n := min(len(a), len(b))
	domain := false
	for i := range n {
		x, y := a[i], b[i]
		if !solid(x) && (x != ' ' || i == 0) || !solid(y) && (y != ' ' || i == 0) {
			return strings.Compare(Folded(a), Folded(b))
		}
		if x, y := lower(x), lower(y); x != y {
			if x == ' ' || y == ' ' || domain && !(isASCII(a[i:]) && isASCII(b[i:])) {
				return strings.Compare(Folded(a), Folded(b))
			}
			return int(x) - int(y)
		}
		domain = domain || x == '@'
	}
	if len(a) == len(b) {
		return 0
	}
	if len(a) > n && !solid(a[n]) || len(b) > n && !solid(b[n]) || domain && !(isASCII(a[n:]) && isASCII(b[n:])) {
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

// domains converts the domains of e-mail addresses, by Unicode's UTS 46, nontransitional: ß stays ß. It takes what DNS
// takes, also what no registry would.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
	idna.CheckHyphens(false))

// The package idna maps the capital letter as Unicode did before 15.1, to ss, which is another domain than that of the
// small one.
const sharpS, capitalSharpS = "ß", "ẞ"

// address takes an e-mail address apart. It is false for what is not written like one, all of which is then in local.
func address(s string) (local, domain string, ok bool) {
	at := strings.LastIndexAny(s, "@\uff20\ufe6b")
	if at < 0 {
		return s, "", false
	}
	_, size := utf8.DecodeRuneInString(s[at:])
	return s[:at], s[at+size:], true
}

// international reports whether a domain is written in letters that DNS has not, or stands for such a one.
func international(domain string) bool {
	return !isASCII(domain) || strings.Contains(strings.ToLower(domain), "xn--")
}

// aLabels returns the domain as DNS has it, in lower case, "" when there can be no such domain.
func aLabels(domain string) string {
	if isASCII(domain) && !international(domain) {
		return strings.ToLower(domain)
	}
	labels, err := domains.ToASCII(strings.ReplaceAll(domain, capitalSharpS, sharpS))
	if err != nil || strings.HasSuffix(labels, ".") || // the root, which makes it no other domain
		strings.ContainsFunc(labels, unicode.IsSpace) {
		return ""
	}
	return labels
}

// inUnicode returns the domain as it is read, as it is written when there can be no such domain.
func inUnicode(domain string) string {
	if !international(domain) || aLabels(domain) == "" {
		return domain
	}
	read, err := domains.ToUnicode(strings.ReplaceAll(domain, capitalSharpS, sharpS))
	if err != nil {
		return domain
	}
	return read
}

// Searched returns the form of a text in which parts are looked for: Folded, but for an e-mail address with an
// international domain, which is the address as it is read, without marks, and a line with it as DNS has it.
func Searched(s string) string {
	if _, domain, ok := address(s); ok && international(domain) && aLabels(strings.TrimSpace(domain)) != "" {
		return Part(s) + "\n" + Folded(s)
	}
	return Folded(s)
}

// Part returns the form in which a text is looked for in what [Searched] returns: a domain as it is read, without
// marks.
func Part(s string) string {
	s = strings.TrimSpace(s)
	if local, domain, ok := address(s); ok {
		s = local + "@" + inUnicode(domain)
	}
	return strings.TrimSpace(folded(s))
}

// DeliveredTo returns the e-mail address with its domain as DNS has it, which every mail server takes.
func DeliveredTo(email string) string {
	local, domain, ok := address(email)
	if !ok || aLabels(domain) == "" {
		return email
	}
	return local + "@" + aLabels(domain)
}

// Meant returns whom of the users a name means, who all have it: the one who has it as it is written, but for marks and
// case, or who came first. There are several where accounts are older than that an address is its mailbox. It returns
// nil for no users.
func Meant(name string, users []*User) *User {
	if len(users) < 2 {
		for _, u := range users {
			return u
		}
		return nil
	}
	written := strings.TrimSpace(folded(name))
	for _, u := range users {
		if strings.TrimSpace(folded(u.Username)) == written || strings.TrimSpace(folded(u.Email)) == written {
			return u
		}
	}
	return users[0]
}
