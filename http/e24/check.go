package e24

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"accountd/http/rest"
)

const (
	minPassword = 8 // characters
	maxPassword = 128

	defaultLimit = 100
	maxLimit     = 1000
)

// phoneNumber is 6 to 15 digits, a plus sign before them or not, blanks and dashes between them or not.
var phoneNumber = regexp.MustCompile(`^\+?[0-9](?:[ -]*[0-9]){5,14}$`)

func checkPresent(field, value string) error {
	if value == "" {
		return rest.BadRequest("field_required", field, "The member %s must be there and not be empty.", field)
	}
	return nil
}

func checkPhone(phone string) error {
	if err := checkPresent("phone", phone); err != nil {
		return err
	}
	if !phoneNumber.MatchString(phone) {
		return rest.BadRequest("phone_invalid", "phone",
			"A phone number has 6 to 15 digits; blanks and dashes may stand between them, a plus sign before them.")
	}
	return nil
}

func checkPassword(password string) error {
	if err := checkPresent("password", password); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return rest.BadRequest("password_invalid", "password", "A password has %d to %d characters.", minPassword,
			maxPassword)
	}
	return nil
}

// parseWindow reads limit and offset of a list.
func parseWindow(query string) (limit, offset int, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return 0, 0, rest.BadRequest("query_invalid", "", "The query cannot be read.")
	}
	if limit, err = parseCount(values, "limit", defaultLimit); err != nil {
		return 0, 0, err
	}
	offset, err = parseCount(values, "offset", 0)
	return min(limit, maxLimit), offset, err
}

// parseCount reads a parameter that counts. A number too large to count with is the largest.
func parseCount(values url.Values, name string, byDefault int) (int, error) {
	if !values.Has(name) {
		return byDefault, nil
	}
	digits := values.Get(name)
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, rest.BadRequest(name+"_invalid", name, "The parameter %s is not a whole number from 0 up.", name)
	}
	n, _ := strconv.Atoi(digits) // the largest int when it is out of range
	return n, nil
}
