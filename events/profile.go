package events

// Profile is the part of an account that only some providers ask for. An empty text and a nil truth value mean that
// nothing is stored; a dialect then shows its own default.
type Profile struct {
	TosAcceptation   *bool  `json:"tos_acceptation,omitempty"`
	EmailVerified    *bool  `json:"email_verified,omitempty"`
	PhoneVerified    *bool  `json:"phone_verified,omitempty"`
	NewsletterTech   *bool  `json:"newsletter_tech,omitempty"`
	NewsletterBuss   *bool  `json:"newsletter_buss,omitempty"`
	DifferentBilling *bool  `json:"different_billing,omitempty"`
	UserType         int    `json:"usertype,omitempty"` // 0 unknown, 1 personal, 2 company
	Email2           string `json:"email2,omitempty"`
	Phone2           string `json:"phone2,omitempty"`
	Currency         string `json:"currency,omitempty"` // ISO 4217
	Title            string `json:"title,omitempty"`
	MiddleName       string `json:"middle_name,omitempty"`
	Website          string `json:"website,omitempty"`
	Jabber           string `json:"jabber,omitempty"`
	Street1          string `json:"street_1,omitempty"`
	Street21         string `json:"street2_1,omitempty"`
	City             string `json:"city,omitempty"`
	Postcode         string `json:"postcode,omitempty"`
	State            string `json:"state,omitempty"`
	Country          string `json:"country,omitempty"` // ISO 3166 alpha-2
	Street2          string `json:"street_2,omitempty"`
	Street22         string `json:"street2_2,omitempty"`
	City2            string `json:"city2,omitempty"`
	Postcode2        string `json:"postcode2,omitempty"`
	State2           string `json:"state2,omitempty"`
	Country2         string `json:"country2,omitempty"` // ISO 3166 alpha-2
	Company          string `json:"company,omitempty"`
	CompanyID        string `json:"companyid,omitempty"`
	TaxID            string `json:"taxid,omitempty"`
	VatID            string `json:"vatid,omitempty"`
	BankID           string `json:"bankid,omitempty"`
	AlertingPhone    string `json:"alerting_phone,omitempty"`
	AlertingJabber   string `json:"alerting_jabber,omitempty"`
	AlertingEmail    string `json:"alerting_email,omitempty"`
}
