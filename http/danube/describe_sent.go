package danube

import (
	"maps"
	"slices"

	"accountd/http/rest/openapi"
)

// safeText is the schema of a text of which no character has a meaning elsewhere.
func safeText(most int) openapi.Schema {
	return openapi.Schema{"type": "string", "maxLength": most, "pattern": `^[^<>%$&;'"\x00-\x1f\x7f-\x9f]*$`}
}

func sentKeySchema() openapi.Schema {
	return openapi.Schema{"type": "string", "format": "ssh-public-key", "maxLength": maxKey,
		"examples": []any{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN"}}
}

// keyMembers ask for new keys.
func keyMembers() openapi.Schema {
	return openapi.Schema{"api_key": openapi.Truth(), "callback_key": openapi.Truth()}
}

func emailSchema(most int) openapi.Schema {
	return openapi.Schema{"type": "string", "format": "email", "maxLength": most}
}

// sentUserSchema is what a request says about a user. Members that are not named here are passed over.
func sentUserSchema(isNew bool) openapi.Schema {
	name, truth := openapi.Filled(safeText(maxName)), openapi.Truth()
	members := openapi.Schema{"email": emailSchema(maxEmail), "first_name": name, "last_name": name,
		"password": openapi.Schema{"type": "string", "minLength": 1, "maxLength": 1024, "writeOnly": true},
		"dc_bound": truth, "is_super_admin": truth, "is_active": truth, "api_access": truth,
		"groups": openapi.List(openapi.Text()), "dc": openapi.With(openapi.Text(), "examples", []any{"main"})}
	if !isNew {
		maps.Copy(members, keyMembers())
		return openapi.Schema{"type": "object", "properties": members}
	}
	return openapi.Schema{"type": "object", "properties": members, "required": []string{"email", "first_name",
		"last_name", "password"}}
}

// sentProfileSchema is what a request says about a profile.
func sentProfileSchema() openapi.Schema {
	name, phone := openapi.Filled(safeText(maxName)), openapi.Schema{"type": "string", "format": "phone",
		"description": "With the country, as in +421 905 123 456.", "examples": []any{"+421905123456"}}
	members := openapi.Schema{"email": emailSchema(maxEmail), "email2": emailSchema(maxEmail),
		"jabber": emailSchema(maxLine), "alerting_jabber": emailSchema(maxLine),
		"alerting_email": emailSchema(maxEmail), "first_name": name, "last_name": name, "phone": phone, "phone2": phone,
		"alerting_phone": phone,
		"usertype":       openapi.Within(0, userTypes-1), "language": one(languages), "timezone": one(timezones),
		"currency": one(currencies), "country": one(countries),
		"country2": one(countries), "title": safeText(maxTitle), "middle_name": safeText(maxMiddle)}
	for _, name := range []string{"tos_acceptation", "email_verified", "phone_verified", "newsletter_tech",
		"newsletter_buss", "different_billing"} {
		members[name] = openapi.Truth()
	}
	for name, most := range map[string]int{"website": maxLine, "street_1": maxLine, "street2_1": maxLine,
		"city": maxLine, "postcode": maxPostcode, "state": maxState,
		"street_2": maxLine, "street2_2": maxLine, "city2": maxLine, "postcode2": maxPostcode, "state2": maxState,
		"company": maxLine, "companyid": maxNumber, "taxid": maxNumber, "vatid": maxNumber, "bankid": maxLine} {
		members[name] = safeText(most)
	}
	return openapi.Schema{"type": "object", "properties": members}
}

// one is the schema of one of several values.
func one(of map[string]bool) openapi.Schema { return openapi.Text(slices.Sorted(maps.Keys(of))...) }
