package danube

import (
	_ "embed"
	"strings"
)

// The names of time zones and the codes of countries (ISO 3166-1 alpha-2) that a profile may have, one a line.
var (
	//go:embed timezones.txt
	timezoneLines string
	//go:embed countries.txt
	countryLines string
)

var (
	timezones  = setOf(strings.Fields(timezoneLines))
	countries  = setOf(strings.Fields(countryLines))
	languages  = setOf([]string{"en", "it", "sk"})
	currencies = setOf([]string{"EUR"})
)

// What a profile shows where nothing is stored.
const (
	defaultLanguage = "en"
	defaultTimezone = "Europe/Bratislava"
	defaultCurrency = "EUR"
	defaultCountry  = "SK"
)

func setOf(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[s] = true
	}
	return set
}
