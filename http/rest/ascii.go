package rest

import (
	"unicode/utf16"
	"unicode/utf8"
)

// ASCII returns the JSON text with every character beyond ASCII escaped, for clients that decode answers as ASCII. The
// text must be valid UTF-8, as JSON is.
func ASCII(b []byte) []byte {
	first := 0
	for first < len(b) && b[first] < utf8.RuneSelf {
		first++
	}
	if first == len(b) {
		return b
	}
	out := append(make([]byte, 0, len(b)+len(b)/2), b[:first]...)
	for _, r := range string(b[first:]) { // such characters stand only within texts
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = appendEscape(appendEscape(out, high), low)
		default:
			out = appendEscape(out, r)
		}
	}
	return out
}

func appendEscape(b []byte, unit rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[unit>>12&15], digits[unit>>8&15], digits[unit>>4&15], digits[unit&15])
}
