package danube

import (
	"net/http"

	"accountd/commands"
	"accountd/events"
)

func (x *exchange) showProfile() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	return x.succeed(profileOf(u))
}

// updateProfile changes a user's profile, and, unlike the original, also the user's own fields that a profile shows.
func (x *exchange) updateProfile() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	f := x.form(false)
	change := x.readProfile(f, u)
	if err := f.failed(); err != nil {
		return err
	}
	before := stored(u)
	out, err := x.do(commands.UpdateUser{ID: u.ID, Attested: true, Profile: change, ProfileFrom: &before})
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, profileOf(out.User), out.User)
}

// The longest texts of a profile, in characters.
const (
	maxLine     = 255
	maxTitle    = 16
	maxMiddle   = 32
	maxPostcode = 12
	maxState    = 128
	maxNumber   = 64
)

func optional(most int) textRules      { return textRules{rules: []rule{atMost(most), safe}} }
func optionalEmail(most int) textRules { return textRules{rules: []rule{email, atMost(most)}} }
func choice(of map[string]bool) textRules {
	return textRules{required: true, rules: []rule{oneOf(of)}}
}

// readProfile reads the fields against those that are shown.
func (x *exchange) readProfile(f *form, u *commands.User) events.ProfileUpdated {
	shown := profileOf(u)
	change := events.ProfileUpdated{Email: x.email(f, u)}
	for _, t := range []struct {
		name  string
		shown string
		to    **string
		rules textRules
	}{
		{"phone", shown.Phone, &change.Phone, ownPhoneRules(shown.Phone)},
		{"language", shown.Language, &change.Language, choice(languages)},
		{"timezone", shown.Timezone, &change.Timezone, choice(timezones)},
		{"first_name", shown.FirstName, &change.FirstName, f.nameRules(shown.FirstName)},
		{"last_name", shown.LastName, &change.LastName, f.nameRules(shown.LastName)},
	} {
		*t.to = f.text(t.name, t.shown, t.rules)
	}
	next := stored(u)
	x.readTruths(f, shown, &next)
	readTexts(f, shown, &next)
	if n := f.whole("usertype", userTypes); n != nil {
		next.UserType = *n
	}
	change.Profile = &next
	return change
}

// userTypes is how many there are: unknown, personal, company.
const userTypes = 3

// readTruths reads the truth values. Those that say what somebody else attests are a super admin's.
func (x *exchange) readTruths(f *form, shown profileAnswer, next *events.Profile) {
	for _, t := range []struct {
		name   string
		shown  bool
		to     **bool
		attest bool
	}{
		{"tos_acceptation", shown.TosAcceptation, &next.TosAcceptation, false},
		{"email_verified", shown.EmailVerified, &next.EmailVerified, true},
		{"phone_verified", shown.PhoneVerified, &next.PhoneVerified, true},
		{"newsletter_tech", shown.NewsletterTech, &next.NewsletterTech, false},
		{"newsletter_buss", shown.NewsletterBuss, &next.NewsletterBuss, false},
		{"different_billing", shown.DifferentBilling, &next.DifferentBilling, false},
	} {
		if _, sent := f.in[t.name]; sent && t.attest && !x.isSuperAdmin() {
			f.fail(t.name, lockedText)
			continue
		}
		if v := f.truth(t.name); v != nil && *v != t.shown {
			*t.to = v
		}
	}
}

func readTexts(f *form, shown profileAnswer, next *events.Profile) {
	for _, t := range []struct {
		name  string
		shown string
		to    *string
		rules textRules
	}{
		{"email2", shown.Email2, &next.Email2, optionalEmail(maxEmail)},
		{"phone2", shown.Phone2, &next.Phone2, phoneRules},
		{"currency", shown.Currency, &next.Currency, choice(currencies)},
		{"title", shown.Title, &next.Title, optional(maxTitle)},
		{"middle_name", shown.MiddleName, &next.MiddleName, optional(maxMiddle)},
		{"website", shown.Website, &next.Website, optional(maxLine)},
		{"jabber", shown.Jabber, &next.Jabber, optionalEmail(maxLine)},
		{"street_1", shown.Street1, &next.Street1, optional(maxLine)},
		{"street2_1", shown.Street21, &next.Street21, optional(maxLine)},
		{"city", shown.City, &next.City, optional(maxLine)},
		{"postcode", shown.Postcode, &next.Postcode, optional(maxPostcode)},
		{"state", shown.State, &next.State, optional(maxState)},
		{"country", shown.Country, &next.Country, choice(countries)},
		{"street_2", shown.Street2, &next.Street2, optional(maxLine)},
		{"street2_2", shown.Street22, &next.Street22, optional(maxLine)},
		{"city2", shown.City2, &next.City2, optional(maxLine)},
		{"postcode2", shown.Postcode2, &next.Postcode2, optional(maxPostcode)},
		{"state2", shown.State2, &next.State2, optional(maxState)},
		{"country2", shown.Country2, &next.Country2, textRules{rules: []rule{oneOf(countries)}}},
		{"company", shown.Company, &next.Company, optional(maxLine)},
		{"companyid", shown.CompanyID, &next.CompanyID, optional(maxNumber)},
		{"taxid", shown.TaxID, &next.TaxID, optional(maxNumber)},
		{"vatid", shown.VatID, &next.VatID, optional(maxNumber)},
		{"bankid", shown.BankID, &next.BankID, optional(maxLine)},
		{"alerting_phone", shown.AlertingPhone, &next.AlertingPhone, phoneRules},
		{"alerting_jabber", shown.AlertingJabber, &next.AlertingJabber, optionalEmail(maxLine)},
		{"alerting_email", shown.AlertingEmail, &next.AlertingEmail, optionalEmail(maxLine)},
	} {
		if v := f.text(t.name, t.shown, t.rules); v != nil {
			*t.to = *v
		}
	}
}
