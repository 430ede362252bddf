package commands

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"go.mau.fi/util/confusable"
	"golang.org/x/net/idna"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"accountd/events"
)

// split takes a name that was given as one text apart: its first word is the first name, the rest the last name.
func split(display string) (first, last string) {
	first, last, _ = strings.Cut(strings.TrimSpace(display), " ")
	return first, strings.TrimSpace(last)
}

// changedNames keeps the three names in agreement: a new display name gives first and last name, a new first or last
// name drops a display name that says something else.
func changedNames(u *User, p events.ProfileUpdated) (first, last, display *string) {
	next := *u
	set(&next.DisplayName, p.DisplayName)
	if p.FirstName == nil && p.LastName == nil && next.DisplayName != "" {
		next.FirstName, next.LastName = split(next.DisplayName)
	}
	set(&next.FirstName, p.FirstName)
	set(&next.LastName, p.LastName)
	if said := (&User{FirstName: next.FirstName, LastName: next.LastName}).Name(); p.DisplayName == nil &&
		next.DisplayName != said {
		next.DisplayName = ""
	}
	return &next.FirstName, &next.LastName, &next.DisplayName
}

// FoundBy is a kind of text by which one user at most is found.
type FoundBy uint8

// The kinds. Names and external ids are compared folded.
const (
	ByName       FoundBy = iota // username or e-mail address
	ByExternalID                // the id of another system
	BySigningKey                // the id of a signing key
	// the SHA-256 hash of an API key's secret, in lower-case hex, or of the one that it had before
	ByAPIKey
)

// Handle is a text by which a user is found.
type Handle struct {
	By   FoundBy
	Text string // folded where it is compared so
}

// LogInNames returns the names that the user may log in with.
func (u *User) LogInNames() []string { return []string{u.Username, u.Email} }

// Handles visits everything by which the user, nil for nobody, is found.
func (u *User) Handles(visit func(Handle)) {
	if u == nil {
		return
	}
	for _, name := range u.LogInNames() {
		visit(Handle{ByName, Folded(name)})
	}
	if u.ExternalID != "" {
		visit(Handle{ByExternalID, Folded(u.ExternalID)})
	}
	u.CredentialHandles(visit)
}

// CredentialHandles visits those of the Handles that clients present to be let in. They share memory with the user.
func (u *User) CredentialHandles(visit func(Handle)) {
	for _, k := range u.SigningKeys {
		visit(Handle{BySigningKey, k.ID})
	}
	for _, k := range u.APIKeys {
		visit(Handle{ByAPIKey, k.Hash.Reveal()})
		if k.Old != "" {
			visit(Handle{ByAPIKey, k.Old.Reveal()})
		}
	}
}

// reservedNames cannot be taken as a username, in any API: Danube's system user, and what stands in its paths where a
// username would.
var reservedNames = map[string]bool{"_system": true, "profile": true}

// fitsPath reports whether a name can stand in the path of a URL: clients and proxies resolve "." and "..", many take
// what is escaped for a slash, and many do not escape what ends a path or is an escape itself.
func fitsPath(name string) bool {
	folded := Folded(name)
	return folded != "." && folded != ".." && !strings.ContainsAny(folded, `/\?#%`)
}

// isAddress reports whether a username is written like an e-mail address.
func isAddress(username string) bool { return strings.Contains(Folded(username), "@") }

// mayBeNamed reports whether the user, nil for a new one, may have the username that the change gives it: one that is
// an e-mail address is nobody's but that of the account with this address.
func mayBeNamed(u *User, p events.ProfileUpdated) bool {
	email := ""
	if u != nil {
		email = u.Email
	}
	set(&email, p.Email)
	return !isAddress(*p.Username) || Folded(*p.Username) == Folded(email)
}

// followed returns the change with the username that follows the e-mail address, where the username is the old one: it
// would be the address of somebody else from then on.
func followed(u *User, p events.ProfileUpdated) events.ProfileUpdated {
	if p.Email != nil && p.Username == nil && isAddress(u.Username) && Folded(u.Username) == Folded(u.Email) {
		p.Username = changed(u.Username, p.Email)
	}
	return p
}

const (
	minMadeUsername = 3
	maxMadeUsername = 64
)

// usernameFor makes a username that every API accepts: the e-mail's local part, folded to [a-z0-9._-], starting and
// ending alphanumeric, at least three characters, with a number behind it where it is taken.
func usernameFor(s States, email string, number int64) string {
	base := usernameBase(email)
	for n := 1; ; n++ {
		name := base
		switch {
		case n > 1 && n < 10:
			name += strconv.Itoa(n)
		case n == 10:
			name += "-" + strconv.FormatInt(number, 10)
		case n > 10:
			name += "-" + strconv.FormatInt(number, 10) + "-" + strconv.Itoa(n)
		}
		if s.UserByName(name) == nil && !hasLookAlike(s, name, uuid.Nil) && !reservedNames[name] {
			return name
		}
	}
}

func usernameBase(email string) string {
	local, _, _ := strings.Cut(Folded(email), "@")
	base := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.', r == '_', r == '-':
			return r
		case r == '+' || r == ' ':
			return '-'
		}
		return -1
	}, local)
	const notAtEnds = "._-"
	if len(base) > maxMadeUsername {
		base = base[:maxMadeUsername]
	}
	base = strings.Trim(base, notAtEnds)
	if len(base) < minMadeUsername {
		base = strings.TrimSuffix("user-"+base, "-")
	}
	return base
}

// unfitName reports whether nobody may be named so anew.
func unfitName(name string) bool {
	return name == "" || reservedNames[Folded(name)] || !fitsPath(name) || isID(name)
}

// isID reports whether the name has the form of an id: where users are named by either, it could be somebody else's.
func isID(name string) bool {
	return len(name) == len(uuid.UUID{}.String()) && uuid.Validate(name) == nil
}

// invisible reports whether the text has characters that cannot be seen, by which two names could look the same.
func invisible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Cf, r) }) >= 0
}

func nameField(p events.ProfileUpdated) string {
	if p.Email != nil && invisible(*p.Email) {
		return "email"
	}
	return "username"
}

func checkUnique(s States, id uuid.UUID, p events.ProfileUpdated) error {
	if p.Email != nil && takenName(s, *p.Email, id) {
		return refuse(Taken, "email_taken", "email", "This e-mail address is in use.")
	}
	if p.Username != nil && takenName(s, *p.Username, id) {
		return refuse(Taken, "username_taken", "username", "This username is in use.")
	}
	if p.Username != nil && !mayBeNamed(s.User(id), p) {
		return refuse(Invalid, "username_not_own_email", "username",
			"A username with an @ must be the account's own e-mail address.")
	}
	if p.Email != nil && hasLookAlike(s, *p.Email, id) {
		return refuse(Taken, "email_lookalike", "email", "This e-mail address looks like the name of another account.")
	}
	if p.Username != nil && hasLookAlike(s, *p.Username, id) {
		return refuse(Taken, "username_lookalike", "username", "This username looks like the name of another account.")
	}
	if p.ExternalID != nil && *p.ExternalID != "" {
		if other := s.UserByExternalID(*p.ExternalID); other != nil && other.ID != id {
			return refuse(Taken, "external_id_taken", "external_id", "This external id is in use.")
		}
	}
	return nil
}

func takenName(s States, name string, id uuid.UUID) (taken bool) {
	s.Named(name, func(other *User) bool {
		taken = other.ID != id
		return !taken
	})
	return taken
}

// hasLookAlike reports whether the name looks like one of somebody else.
func hasLookAlike(s States, name string, id uuid.UUID) (found bool) {
	s.LookAlikes(name, func(other *User) bool {
		found = other.ID != id
		return !found
	})
	return found
}

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
	labels, err := domains.ToASCII(domain)
	if err != nil || strings.HasSuffix(labels, ".") { // the root, which makes it no other domain
		return ""
	}
	return labels
}

// inUnicode returns the domain as it is read, as it is written when there can be no such domain.
func inUnicode(domain string) string {
	if !international(domain) || aLabels(domain) == "" {
		return domain
	}
	read, err := domains.ToUnicode(domain)
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
