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

func validTimezone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
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
	p.Username = changed(u.Username, p.Username)
	p.Email = changed(u.Email, p.Email)
	p.FirstName = changed(u.FirstName, p.FirstName)
	p.LastName = changed(u.LastName, p.LastName)
	p.DisplayName = changed(u.DisplayName, p.DisplayName)
	p.Phone = changed(u.Phone, p.Phone)
	p.ExternalID = changed(u.ExternalID, p.ExternalID)
	p.Language = changed(u.Language, p.Language)
	p.Timezone = changed(u.Timezone, p.Timezone)
	p.Comment = changed(u.Comment, p.Comment)
	p.ExtraParams = changed(u.ExtraParams, p.ExtraParams)
	return p
}

// unverified returns the profile after a change of e-mail address or phone: that the one before was verified says nothing of it. What
// the change itself attests stays.
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
