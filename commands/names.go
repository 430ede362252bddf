package commands

import (
	"strconv"
	"strings"

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
	if said := (&User{FirstName: next.FirstName, LastName: next.LastName}).Name(); p.DisplayName == nil && next.DisplayName != said {
		next.DisplayName = ""
	}
	return &next.FirstName, &next.LastName, &next.DisplayName
}

// reservedNames cannot be taken as a username, in any API: Danube's system user, and what stands in its paths where a username
// would.
var reservedNames = map[string]bool{"_system": true, "profile": true}

// fitsPath reports whether a name can stand in the path of a URL: clients and proxies resolve "." and "..", many take what is
// escaped for a slash, and many do not escape what ends a path or is an escape itself.
func fitsPath(name string) bool {
	folded := Folded(name)
	return folded != "." && folded != ".." && !strings.ContainsAny(folded, `/\?#%`)
}

// isAddress reports whether a username is written like an e-mail address.
func isAddress(username string) bool { return strings.Contains(Folded(username), "@") }

// mayBeNamed reports whether the user, nil for a new one, may have the username that the change gives it: one that is an
// e-mail address is nobody's but that of the account with this address.
func mayBeNamed(u *User, p events.ProfileUpdated) bool {
	email := ""
	if u != nil {
		email = u.Email
	}
	set(&email, p.Email)
	return !isAddress(*p.Username) || Folded(*p.Username) == Folded(email)
}

// followed returns the change with the username that follows the e-mail address, where the username is the old one: it would be the
// address of somebody else from then on.
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
