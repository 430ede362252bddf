package commands

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

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
