package e24

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseDate(t *testing.T) {
	at := func(hour, minute int) time.Time { return time.Date(2026, time.June, 1, hour, minute, 0, 0, time.UTC) }
	for s, want := range map[string]time.Time{
		"Mon, 01 Jun 2026 10:00:00 GMT":    at(10, 0),
		"Mon, 01 Jun 2026 10:00:00 UTC":    at(10, 0),
		"Mon, 01 Jun 2026 10:00:00 UT":     at(10, 0),
		"Mon, 01 Jun 2026 10:00:00 Z":      at(10, 0),
		"Mon, 01 Jun 2026, 10:00:00 EST":   at(15, 0), // the comma of the documentation's sample
		"Sun, 01 Jun 2026 10:00:00 GMT":    at(10, 0), // its wrong weekday
		"Mon, 01 Jun 2026 10:00:00 CET":    at(9, 0),
		"Mon, 01 Jun 2026 10:00:00 CEST":   at(8, 0),
		"Mon, 01 Jun 2026 10:00:00 EET":    at(8, 0),
		"Mon, 01 Jun 2026 10:00:00 EEST":   at(7, 0),
		"Mon, 01 Jun 2026 10:00:00 WET":    at(10, 0),
		"Mon, 01 Jun 2026 10:00:00 WEST":   at(9, 0),
		"Mon, 01 Jun 2026 10:00:00 BST":    at(9, 0),
		"Mon, 01 Jun 2026 10:00:00 MSK":    at(7, 0),
		"Mon, 01 Jun 2026 10:00:00 EDT":    at(14, 0),
		"Mon, 01 Jun 2026 10:00:00 CST":    at(16, 0),
		"Mon, 01 Jun 2026 10:00:00 CDT":    at(15, 0),
		"Mon, 01 Jun 2026 10:00:00 MST":    at(17, 0),
		"Mon, 01 Jun 2026 10:00:00 MDT":    at(16, 0),
		"Mon, 01 Jun 2026 10:00:00 PST":    at(18, 0),
		"Mon, 01 Jun 2026 10:00:00 PDT":    at(17, 0),
		"Mon, 01 Jun 2026 10:00:00 -03":    at(13, 0),
		"Mon, 01 Jun 2026 10:00:00 -0330":  at(13, 30),
		"Mon, 01 Jun 2026 10:00:00 +05:45": at(4, 15),
		"Mon, 01 Jun 2026 10:00:00 +0000":  at(10, 0),
		"Mon, 01 Jun 2026 23:59:00 -00:01": at(24, 0),
		"Mon, 01 Jun 2026 00:00:00 +14":    at(-14, 0),
		"Thu, 29 Feb 2024 23:59:59 GMT":    time.Date(2024, time.February, 29, 23, 59, 59, 0, time.UTC),
		"Sat, 01 Jan 0000 00:00:00 GMT":    time.Date(0, time.January, 1, 0, 0, 0, 0, time.UTC),
	} {
		got, ok := parseDate(s)
		require.True(t, ok, s)
		require.True(t, want.Equal(got), "%s: %v, not %v", s, got, want)
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{
		"", " ", "now", "2026-06-01T10:00:00Z", "1780308000",
		"Monday, 01-Jun-26 10:00:00 GMT", "Mon Jun  1 10:00:00 2026", // the other forms of HTTP
		"Mon 01 Jun 2026 10:00:00 GMT", "01 Jun 2026 10:00:00 GMT", "Mon, 01 Jun 2026 10:00:00",
		"Mon, 01 Jun 2026,, 10:00:00 GMT", "Mon,, 01 Jun 2026 10:00:00 GMT", "Mon, 01, Jun 2026 10:00:00 GMT",
		"Mo, 01 Jun 2026 10:00:00 GMT", "on , 01 Jun 2026 10:00:00 GMT", "Pon, 01 Jun 2026 10:00:00 GMT",
		", 01 Jun 2026 10:00:00 GMT",
		"mon, 01 Jun 2026 10:00:00 GMT", "Mon, 01 JUN 2026 10:00:00 GMT", "Mon, 01 cze 2026 10:00:00 GMT",
		"Mon, 01 anF 2026 10:00:00 GMT",
		"Mon, 1 Jun 2026 10:00:00 GMT", "Mon, 001 Jun 2026 10:00:00 GMT", "Mon, +1 Jun 2026 10:00:00 GMT",
		"Mon, ١١ Jun 2026 10:00:00 GMT",
		"Mon, 00 Jun 2026 10:00:00 GMT", "Mon, 31 Jun 2026 10:00:00 GMT", "Sat, 29 Feb 2025 10:00:00 GMT",
		"Mon, 01 Jun 26 10:00:00 GMT", "Mon, 01 Jun 12026 10:00:00 GMT", "Mon, 01 Jun -026 10:00:00 GMT",
		"Mon, 01 Jun 2026 24:00:00 GMT", "Mon, 01 Jun 2026 10:60:00 GMT", "Mon, 01 Jun 2026 10:00:60 GMT",
		"Mon, 01 Jun 2026 10:00 GMT", "Mon, 01 Jun 2026 1:00:00 GMT", "Mon, 01 Jun 2026 10:00:00.5 GMT",
		"Mon, 01 Jun 2026 10:00:00: GMT",
		"Mon, 01 Jun 2026 10:00:00 gmt", "Mon, 01 Jun 2026 10:00:00 XYZ", "Mon, 01 Jun 2026 10:00:00 IST",
		"Mon, 01 Jun 2026 10:00:00 Local",
		"Mon, 01 Jun 2026 10:00:00 +", "Mon, 01 Jun 2026 10:00:00 +1", "Mon, 01 Jun 2026 10:00:00 +100",
		"Mon, 01 Jun 2026 10:00:00 +1:00",
		"Mon, 01 Jun 2026 10:00:00 +15", "Mon, 01 Jun 2026 10:00:00 +0160", "Mon, 01 Jun 2026 10:00:00 +01:000",
		"Mon, 01 Jun 2026 10:00:00 01:00",
		"Mon, 01 Jun 2026 10:00:00 GMT+1", "Mon, 01 Jun 2026 10:00:00 +0:100", "Mon, 01 Jun 2026 10:00:00 --100",
		"Mon, 01 Jun 2026 10:00:00 (GMT)",
		" Mon, 01 Jun 2026 10:00:00 GMT", "Mon, 01 Jun 2026 10:00:00 GMT ", "Mon,  01 Jun 2026 10:00:00 GMT",
		"Mon,\t01 Jun 2026 10:00:00 GMT",
		"Mon, 01 Jun 2026 10:00:00 GMT GMT",
	} {
		_, ok := parseDate(s)
		require.False(t, ok, "%q", s)
	}
}

func TestDateWindow(t *testing.T) {
	h := serve(start(t), Options{})
	for date, status := range map[string]int{
		"Mon, 01 Jun 2026 09:45:00 GMT":   200,
		"Mon, 01 Jun 2026 09:44:59 GMT":   401,
		"Mon, 01 Jun 2026 10:15:00 GMT":   200,
		"Mon, 01 Jun 2026 10:15:01 GMT":   401,
		"Mon, 01 Jun 2026 12:00:00 CEST":  200,
		"Mon, 01 Jun 2026 10:00:00 CEST":  401,
		"Mon, 01 Jun 2026 07:00:00 -03":   200,
		"Mon, 01 Jun 2026 10:00:00 -03":   401,
		"Mon, 01 Jun 2026, 05:00:00 EST":  200,
		"Sat, 01 Jan 0000 00:00:00 GMT":   401,
		"Fri, 31 Dec 9999 23:59:59 -1400": 401,
	} {
		r := newRequest("GET", "/v2/account", "", adminKey)
		r.Header.Set("X-Date", date)
		sign(r, "", adminKey)
		require.Equal(t, status, answer(h, r).Code, date)
	}
	h = serve(start(t), Options{DateWindow: time.Second})
	r := newRequest("GET", "/v2/account", "", adminKey)
	r.Header.Set("X-Date", "Mon, 01 Jun 2026 10:00:02 GMT")
	sign(r, "", adminKey)
	require.Equal(t, 401, answer(h, r).Code)
}

// What is taken for a date is a date in one of the forms, and its offset is what it says.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{noonDate, "Mon, 01 Jun 2026, 10:00:00 EST", "Sun, 29 Feb 2024 23:59:59 -03:30",
		"Mon, 01 Jun 2026 10:00:00 +0545"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseDate(s)
		if !ok {
			return
		}
		if len(s) < len("Mon, 01 Jun 2026 10:00:00 Z") || len(s) > len("Mon, 01 Jun 2026, 10:00:00 +00:00") {
			t.Fatalf("%q is taken for %v", s, got)
		}
		for _, zone := range []string{"GMT", "+0000", "+00", "-00:00"} {
			again, ok := parseDate(got.Format("Mon, 02 Jan 2006 15:04:05 ") + zone)
			if got.Year() >= 0 && got.Year() <= 9999 && (!ok || !again.Equal(got)) {
				t.Fatalf("%q is %v, which reads as %v", s, got, again)
			}
		}
	})
}
