package danube

import (
	"cmp"

	"accountd/commands"
	"accountd/events"
)

type profileAnswer struct {
	Username         string `json:"username"`
	TosAcceptation   bool   `json:"tos_acceptation"`
	Email            string `json:"email"`
	EmailVerified    bool   `json:"email_verified"`
	Email2           string `json:"email2"`
	Phone            string `json:"phone"`
	PhoneVerified    bool   `json:"phone_verified"`
	Phone2           string `json:"phone2"`
	NewsletterTech   bool   `json:"newsletter_tech"`
	NewsletterBuss   bool   `json:"newsletter_buss"`
	UserType         int    `json:"usertype"`
	Language         string `json:"language"`
	Timezone         string `json:"timezone"`
	Currency         string `json:"currency"`
	Title            string `json:"title"`
	FirstName        string `json:"first_name"`
	MiddleName       string `json:"middle_name"`
	LastName         string `json:"last_name"`
	Website          string `json:"website"`
	Jabber           string `json:"jabber"`
	Street1          string `json:"street_1"`
	Street21         string `json:"street2_1"`
	City             string `json:"city"`
	Postcode         string `json:"postcode"`
	State            string `json:"state"`
	Country          string `json:"country"`
	DifferentBilling bool   `json:"different_billing"`
	Street2          string `json:"street_2"`
	Street22         string `json:"street2_2"`
	City2            string `json:"city2"`
	Postcode2        string `json:"postcode2"`
	State2           string `json:"state2"`
	Country2         string `json:"country2"`
	Company          string `json:"company"`
	CompanyID        string `json:"companyid"`
	TaxID            string `json:"taxid"`
	VatID            string `json:"vatid"`
	BankID           string `json:"bankid"`
	AlertingPhone    string `json:"alerting_phone"`
	AlertingJabber   string `json:"alerting_jabber"`
	AlertingEmail    string `json:"alerting_email"`
}

// stored returns what is stored of the user's profile.
func stored(u *commands.User) events.Profile {
	if u.Profile == nil {
		return events.Profile{}
	}
	return *u.Profile
}

// profileOf returns the user's profile, with defaults where nothing is stored.
func profileOf(u *commands.User) profileAnswer {
	p := stored(u)
	return profileAnswer{
		Username:         u.Username,
		TosAcceptation:   orDefault(p.TosAcceptation, false),
		Email:            u.Email,
		EmailVerified:    orDefault(p.EmailVerified, false),
		Email2:           p.Email2,
		Phone:            u.Phone,
		PhoneVerified:    orDefault(p.PhoneVerified, false),
		Phone2:           p.Phone2,
		NewsletterTech:   orDefault(p.NewsletterTech, true),
		NewsletterBuss:   orDefault(p.NewsletterBuss, true),
		UserType:         p.UserType,
		Language:         cmp.Or(u.Language, defaultLanguage),
		Timezone:         cmp.Or(u.Timezone, defaultTimezone),
		Currency:         cmp.Or(p.Currency, defaultCurrency),
		Title:            p.Title,
		FirstName:        u.FirstName,
		MiddleName:       p.MiddleName,
		LastName:         u.LastName,
		Website:          p.Website,
		Jabber:           p.Jabber,
		Street1:          p.Street1,
		Street21:         p.Street21,
		City:             p.City,
		Postcode:         p.Postcode,
		State:            p.State,
		Country:          cmp.Or(p.Country, defaultCountry),
		DifferentBilling: orDefault(p.DifferentBilling, false),
		Street2:          p.Street2,
		Street22:         p.Street22,
		City2:            p.City2,
		Postcode2:        p.Postcode2,
		State2:           p.State2,
		Country2:         p.Country2,
		Company:          p.Company,
		CompanyID:        p.CompanyID,
		TaxID:            p.TaxID,
		VatID:            p.VatID,
		BankID:           p.BankID,
		AlertingPhone:    p.AlertingPhone,
		AlertingJabber:   p.AlertingJabber,
		AlertingEmail:    p.AlertingEmail,
	}
}

func orDefault(stored *bool, value bool) bool {
	if stored == nil {
		return value
	}
	return *stored
}
