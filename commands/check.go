package commands

import (
	"net/mail"
	"net/netip"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // zone names are checked on machines without a zone data base, too
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"accountd/events"
)

// The longest texts that are stored, in characters.
const (
	maxName   = 255
	maxEmail  = 254
	maxPhone  = 64
	maxText   = 4096
	maxOpaque = 65536
)

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$`)

// checkProfile checks the new values; nil ones are not looked at, so that what is stored may stay as it is.
func checkProfile(s States, id uuid.UUID, p events.ProfileUpdated) error {
	for _, t := range []struct {
		field string
		value *string
		max   int
		lines bool
	}{
		{"username", p.Username, maxName, false}, {"email", p.Email, maxEmail, false},
		{"first_name", p.FirstName, maxName, false}, {"last_name", p.LastName, maxName, false},
		{"display_name", p.DisplayName, maxName, false}, {"phone", p.Phone, maxPhone, false},
		{"external_id", p.ExternalID, maxName, false}, {"language", p.Language, maxPhone, false},
		{"timezone", p.Timezone, maxPhone, false}, {"comment", p.Comment, maxText, true},
		{"extra_params", p.ExtraParams, maxOpaque, true},
	} {
		if t.value != nil {
			if err := checkText(t.field, *t.value, t.max, t.lines); err != nil {
				return err
			}
		}
	}
	if p.Profile != nil {
		if err := checkProfileTexts(p.Profile); err != nil {
			return err
		}
	}
	if err := checkForms(p); err != nil {
		return err
	}
	return checkUnique(s, id, p)
}

func checkForms(p events.ProfileUpdated) error {
	if p.Email != nil && !ValidEmail(*p.Email) {
		return refuse(Invalid, "email_invalid", "email", "This is not an e-mail address.")
	}
	if p.Email != nil && invisible(*p.Email) || p.Username != nil && invisible(*p.Username) {
		return refuse(Invalid, "text_invalid", nameField(p), "A name may not have invisible characters.")
	}
	if p.Username != nil && unfitName(*p.Username) {
		return refuse(Invalid, "username_invalid", "username", "This username cannot be used.")
	}
	if p.Language != nil && *p.Language != "" && !languageTag.MatchString(*p.Language) {
		return refuse(Invalid, "language_invalid", "language", "This is not a language tag.")
	}
	if p.Timezone != nil && *p.Timezone != "" && !validTimezone(*p.Timezone) {
		return refuse(Invalid, "timezone_invalid", "timezone", "This is not the name of a time zone.")
	}
	return nil
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
		return refuse(Invalid, "username_not_own_email", "username", "A username with an @ must be the account's own e-mail address.")
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

func takenName(s States, name string, id uuid.UUID) bool {
	other := s.UserByName(name)
	return other != nil && other.ID != id
}

// hasLookAlike reports whether the name looks like one of somebody else.
func hasLookAlike(s States, name string, id uuid.UUID) (found bool) {
	s.LookAlikes(name, func(other *User) bool {
		found = other.ID != id
		return !found
	})
	return found
}

// checkWelcome refuses a mail that nobody knows and one to no address.
func checkWelcome(e events.UserCreated) error {
	switch e.Welcome {
	case "", events.WelcomeAccountCreated, events.WelcomeAccessData:
	default:
		return refuse(Invalid, "welcome_invalid", "welcome", "There is no such mail.")
	}
	if e.WelcomeTo == "" {
		return nil
	}
	if !ValidEmail(e.WelcomeTo) {
		return refuse(Invalid, "email_invalid", "welcome_to", "This is not an e-mail address.")
	}
	return checkText("welcome_to", e.WelcomeTo, maxEmail, false)
}

// checkMembership refuses what does not exist. Client is the user's from then on.
func checkMembership(s States, client int64, m events.MembershipChanged) error {
	if client == 0 && m.Access != nil && *m.Access != "" {
		return refuse(Invalid, "access_invalid", "access", "Only the members of a client have access.")
	}
	if m.Access != nil && *m.Access != "" && *m.Access != AccessFull && *m.Access != AccessReadOnly {
		return refuse(Invalid, "access_invalid", "access", "Access is full or read_only.")
	}
	dir := s.Directory()
	if m.Client != nil && *m.Client != 0 && dir.ClientByNumber(*m.Client) == nil {
		return noSuch("client_id")
	}
	if m.Datacenter != nil && *m.Datacenter != uuid.Nil && dir.Datacenter(*m.Datacenter) == nil {
		return noSuch("datacenter")
	}
	if m.Groups != nil {
		return checkExisting("groups", *m.Groups, func(id uuid.UUID) bool { return dir.Group(id) != nil })
	}
	return nil
}

// checkText refuses broken, overlong and padded texts and those with control characters; line breaks may be let through.
func checkText(field, value string, maxChars int, lines bool) error {
	if !utf8.ValidString(value) {
		return refuse(Invalid, "text_invalid", field, "The text is not valid UTF-8.")
	}
	if n := utf8.RuneCountInString(value); n > maxChars {
		return refuse(Invalid, "text_too_long", field, "The text has %d characters; %d are allowed.", n, maxChars)
	}
	if lines {
		return nil
	}
	if strings.IndexFunc(value, unicode.IsControl) >= 0 {
		return refuse(Invalid, "text_invalid", field, "The text has control characters.")
	}
	if strings.TrimSpace(value) != value {
		return refuse(Invalid, "text_invalid", field, "The text begins or ends with a blank.")
	}
	return nil
}

// ValidEmail reports whether the text can be a user's e-mail address.
func ValidEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	// an address that can be written in another way would be another account for the same mailbox
	return err == nil && a.Name == "" && (&mail.Address{Address: a.Address}).String() == "<"+s+">"
}

func validTimezone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// ParseAllowedIP reads one entry of an API key's allow-list, an address or a CIDR block, as a block.
func ParseAllowedIP(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}
