package commands

import (
	"reflect"

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
