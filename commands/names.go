package commands

import (
	"strconv"
	"strings"

	"accountd/events"
)

// names completes a user's names: of a name given as one text the first word is the first name and the rest the last
// name; a display name that only repeats first and last name is not kept.
func names(first, last, display string) (string, string, string) {
	if first == "" && last == "" {
		first, last, _ = strings.Cut(strings.TrimSpace(display), " ")
		last = strings.TrimSpace(last)
	}
	if display == (&User{FirstName: first, LastName: last}).Name() {
		display = ""
	}
	return first, last, display
}

// changedNames keeps the three names in agreement: a new display name gives first and last name, a new first or last
// name drops a display name that says something else.
func changedNames(u *User, p events.ProfileUpdated) (first, last, display *string) {
	next := *u
	if p.DisplayName != nil && p.FirstName == nil && p.LastName == nil {
		next.FirstName, next.LastName, next.DisplayName = names("", "", *p.DisplayName)
		if *p.DisplayName == "" {
			next.FirstName, next.LastName = u.FirstName, u.LastName
		}
		return &next.FirstName, &next.LastName, &next.DisplayName
	}
	set(&next.FirstName, p.FirstName)
	set(&next.LastName, p.LastName)
	next.DisplayName = ""
	set(&next.DisplayName, p.DisplayName)
	_, _, next.DisplayName = names(next.FirstName, next.LastName, next.DisplayName)
	return &next.FirstName, &next.LastName, &next.DisplayName
}

// reservedNames cannot be taken as a username, in any API.
var reservedNames = map[string]bool{"_system": true}

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
		if s.UserByName(name) == nil && !reservedNames[name] {
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
