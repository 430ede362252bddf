package danube

import "github.com/nyaruka/phonenumbers"

const maxPhone = 32

// phone returns the number in the form E.164, or what is wrong with it. A number without its country is none.
func phone(s string) (e164, wrong string) {
	n, err := phonenumbers.Parse(s, "")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return s, phoneInvalid
	}
	return phonenumbers.Format(n, phonenumbers.E164), ""
}

var phoneRules = textRules{rules: []rule{atMost(maxPhone), safe}, last: phone}

// ownPhoneRules are those of the number that the user is reached by: written in another way, the stored one stays as it
// is typed.
func ownPhoneRules(stored string) textRules {
	rules := phoneRules
	rules.last = func(s string) (string, string) {
		e164, wrong := phone(s)
		if e164 == stored {
			return s, wrong
		}
		return e164, wrong
	}
	return rules
}
