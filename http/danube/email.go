package danube

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
)

var (
	localPart = regexp.MustCompile(`(?i)^(?:[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Z]+(?:\.[-!#$%&'*+/=?^_` + "`" +
		`{}|~0-9A-Z]+)*` +
		`|"(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-\[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*")$`)
	hostName = regexp.MustCompile(`(?i)^(?:[A-Z0-9](?:[A-Z0-9-]{0,61}[A-Z0-9])?\.)+(?:[A-Z0-9-]{2,63})$`)
)

// email refuses what is no e-mail address.
func email(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || !localPart.MatchString(s[:at]) || !validHost(s[at+1:]) {
		return emailInvalid
	}
	return ""
}

// validHost takes names in any script, and addresses in brackets.
func validHost(host string) bool {
	if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		_, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		return err == nil
	}
	return host == "localhost" || validName(host) || validName(latin(host))
}

func validName(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return hostName.MatchString(host) && !strings.HasPrefix(last, "-") && !strings.HasSuffix(last, "-")
}

// latin puts a letter where one of another script stands, so that what is left to check are a name's length and signs.
func latin(host string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII && (unicode.In(r, unicode.Letter, unicode.Mark, unicode.Number)) {
			return 'x'
		}
		return r
	}, host)
}
