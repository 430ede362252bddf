package commands

import (
	"reflect"
	"regexp"
	"time"
	_ "time/tzdata" // zone names are checked on machines without a zone data base, too

	"github.com/google/uuid"

	"accountd/events"
)

var profileType = reflect.TypeFor[events.Profile]()

// checkProfileTexts holds every text of the profile to the common rules; its forms are the APIs' own.
func checkProfileTexts(p *events.Profile) error {
	if p.UserType < 0 || p.UserType > 2 {
		return refuse(Invalid, "profile_invalid", "profile.usertype", "The user type is 0, 1 or 2.")
	}
	v := reflect.ValueOf(*p)
	for i := range profileType.NumField() {
		if text, ok := v.Field(i).Interface().(string); ok {
			if err := checkText("profile."+jsonName(profileType.Field(i)), text, maxName, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameProfile compares truth values by what they say, not by where they are stored.
func sameProfile(a, b events.Profile) bool { return reflect.DeepEqual(a, b) }

// mergedProfile returns the profile as it is now, nil for none, with what differs between from and to as to has it.
func mergedProfile(now *events.Profile, from, to events.Profile) *events.Profile {
	out := events.Profile{}
	if now != nil {
		out = *now
	}
	merged, before, after := reflect.ValueOf(&out).Elem(), reflect.ValueOf(from), reflect.ValueOf(to)
	for i := range profileType.NumField() {
		if !reflect.DeepEqual(before.Field(i).Interface(), after.Field(i).Interface()) {
			merged.Field(i).Set(after.Field(i))
		}
	}
	return &out
}

func jsonName(f reflect.StructField) string {
	name := f.Tag.Get("json")
	for i := range name {
		if name[i] == ',' {
			return name[:i]
		}
	}
	return name
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$`)

// Field is a descriptive text of a user: its name, where the State and the events have it, and what holds for it.
type Field struct {
	Name    string // in the native API, in lists and in histories
	Of      func(*User) *string
	Created func(*events.UserCreated) *string
	Updated func(*events.ProfileUpdated) **string
	Long    int  // the most characters
	Lines   bool // it may have several lines
	Always  bool // nobody is without it
	Managed bool // who may only change the own account may not change it
	Hidden  bool // lists neither sort nor filter by it

	check func(text string) error // what is wrong with a new text that is not empty; nil: nothing can be
}

// userFields are all of them, in the order in which they are checked and shown. To add one: a member of UserCreated and
// of ProfileUpdated (events/user.go, whose samples and golden files a test then asks for), one of User (user.go), and a
// line here. The native API, its document, lists, imports and histories have it then; what the other APIs show is their
// contracts'.
var userFields = []Field{
	{Name: "username", Long: maxName, Always: true, Of: func(u *User) *string { return &u.Username },
		Created: func(e *events.UserCreated) *string { return &e.Username },
		Updated: func(e *events.ProfileUpdated) **string { return &e.Username }},
	{Name: "email", Long: maxEmail, Always: true, Of: func(u *User) *string { return &u.Email },
		Created: func(e *events.UserCreated) *string { return &e.Email },
		Updated: func(e *events.ProfileUpdated) **string { return &e.Email }},
	{Name: "first_name", Long: maxName, Of: func(u *User) *string { return &u.FirstName },
		Created: func(e *events.UserCreated) *string { return &e.FirstName },
		Updated: func(e *events.ProfileUpdated) **string { return &e.FirstName }},
	{Name: "last_name", Long: maxName, Of: func(u *User) *string { return &u.LastName },
		Created: func(e *events.UserCreated) *string { return &e.LastName },
		Updated: func(e *events.ProfileUpdated) **string { return &e.LastName }},
	{Name: "display_name", Long: maxName, Of: func(u *User) *string { return &u.DisplayName },
		Created: func(e *events.UserCreated) *string { return &e.DisplayName },
		Updated: func(e *events.ProfileUpdated) **string { return &e.DisplayName }},
	{Name: "phone", Long: maxPhone, Of: func(u *User) *string { return &u.Phone },
		Created: func(e *events.UserCreated) *string { return &e.Phone },
		Updated: func(e *events.ProfileUpdated) **string { return &e.Phone }},
	{Name: "external_id", Long: maxName, Managed: true, Of: func(u *User) *string { return &u.ExternalID },
		Created: func(e *events.UserCreated) *string { return &e.ExternalID },
		Updated: func(e *events.ProfileUpdated) **string { return &e.ExternalID }},
	{Name: "language", Long: maxPhone, check: checkLanguage, Of: func(u *User) *string { return &u.Language },
		Created: func(e *events.UserCreated) *string { return &e.Language },
		Updated: func(e *events.ProfileUpdated) **string { return &e.Language }},
	{Name: "timezone", Long: maxPhone, check: checkTimezone, Of: func(u *User) *string { return &u.Timezone },
		Created: func(e *events.UserCreated) *string { return &e.Timezone },
		Updated: func(e *events.ProfileUpdated) **string { return &e.Timezone }},
	{Name: "comment", Long: maxText, Lines: true, Managed: true, Of: func(u *User) *string { return &u.Comment },
		Created: func(e *events.UserCreated) *string { return &e.Comment },
		Updated: func(e *events.ProfileUpdated) **string { return &e.Comment }},
	{Name: "extra_params", Long: maxOpaque, Lines: true, Managed: true, Hidden: true,
		Of:      func(u *User) *string { return &u.ExtraParams },
		Created: func(e *events.UserCreated) *string { return &e.ExtraParams },
		Updated: func(e *events.ProfileUpdated) **string { return &e.ExtraParams }},
}

// Fields returns the descriptive texts of a user. Nobody may change the answer.
func Fields() []Field { return userFields }

// initial returns what a creation says of the user, as a change of one that has nothing yet. A username may be left
// out.
func initial(e *events.UserCreated) (p events.ProfileUpdated) {
	for _, f := range userFields {
		*f.Updated(&p) = f.Created(e)
	}
	p.Username, p.Profile = nonEmpty(e.Username), e.Profile
	return p
}

// changesManaged reports whether the command changes what others than the user manage.
func (c UpdateUser) changesManaged() bool {
	for _, f := range userFields {
		if f.Managed && *f.Updated(&c.Profile) != nil {
			return true
		}
	}
	return false
}

// checkProfile checks the new values; nil ones are not looked at, so that what is stored may stay as it is.
func checkProfile(s States, id uuid.UUID, p events.ProfileUpdated) error {
	for _, f := range userFields {
		if text := *f.Updated(&p); text != nil {
			if err := checkText(f.Name, *text, f.Long, f.Lines); err != nil {
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
	for _, f := range userFields {
		if text := *f.Updated(&p); f.check != nil && text != nil && *text != "" {
			if err := f.check(*text); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkLanguage(text string) error {
	if !languageTag.MatchString(text) {
		return refuse(Invalid, "language_invalid", "language", "This is not a language tag.")
	}
	return nil
}

func checkTimezone(text string) error {
	if !validTimezone(text) {
		return refuse(Invalid, "timezone_invalid", "timezone", "This is not the name of a time zone.")
	}
	return nil
}

// zoneSyntax is how IANA names time zones. What else a system keeps beside them, such as localtime or
// posix/Europe/Prague, means something else, or nothing, on another system.
var zoneSyntax = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*$`)

func validTimezone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local" && zoneSyntax.MatchString(name)
}

func changedProfile(u *User, p events.ProfileUpdated) events.ProfileUpdated {
	if p.DisplayName != nil || p.FirstName != nil || p.LastName != nil {
		p.FirstName, p.LastName, p.DisplayName = changedNames(u, p)
	}
	if p.Profile != nil {
		before := events.Profile{}
		if u.Profile != nil {
			before = *u.Profile
		}
		if sameProfile(before, *p.Profile) {
			p.Profile = nil
		}
	}
	for _, f := range userFields {
		update := f.Updated(&p)
		*update = changed(*f.Of(u), *update)
	}
	return p
}

// unverified returns the profile after a change of e-mail address or phone: that the one before was verified says
// nothing of it. What the change itself attests stays.
func unverified(u *User, p events.ProfileUpdated) *events.Profile {
	profile := p.Profile
	if profile == nil {
		profile = u.Profile
	}
	if profile == nil {
		return p.Profile
	}
	before := events.Profile{}
	if u.Profile != nil {
		before = *u.Profile
	}
	mail := p.Email != nil && isTrue(before.EmailVerified) && isTrue(profile.EmailVerified)
	phone := p.Phone != nil && isTrue(before.PhoneVerified) && isTrue(profile.PhoneVerified)
	if !mail && !phone {
		return p.Profile
	}
	next := *profile
	if mail {
		next.EmailVerified = new(bool)
	}
	if phone {
		next.PhoneVerified = new(bool)
	}
	return &next
}

// withoutAttestation returns the profile without the word that the e-mail address is verified.
func withoutAttestation(p *events.Profile) *events.Profile {
	if p == nil || !isTrue(p.EmailVerified) {
		return p
	}
	next := *p
	next.EmailVerified = new(bool)
	return &next
}
