package e24

import (
	"strconv"
	"strings"
	"time"
)

// zones are the names of time zones that clients are known to write, in hours east of Greenwich. time.Parse would take
// any other name, too, and give it the offset 0.
var zones = map[string]int{
	"GMT": 0, "UTC": 0, "UT": 0, "Z": 0,
	"WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

const (
	weekdays = "Mon Tue Wed Thu Fri Sat Sun"
	months   = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"

	maxZoneHours = 14
)

// parseDate reads X-Date: RFC 1123, with a comma behind the year or without, and a zone that is one of zones or ±hh,
// ±hhmm or ±hh:mm. The weekday may be a wrong one, for the documentation's own sample has one.
func parseDate(s string) (time.Time, bool) {
	field := strings.Split(s, " ")
	if len(field) != 6 {
		return time.Time{}, false
	}
	weekday, comma := strings.CutSuffix(field[0], ",")
	_, weekdayOK := nameIn(weekdays, weekday)
	day, dayOK := digits(field[1], 2)
	month, monthOK := nameIn(months, field[2])
	year, yearOK := digits(strings.TrimSuffix(field[3], ","), 4)
	clock, clockOK := parseClock(field[4])
	offset, zoneOK := parseZone(field[5])
	if !comma || !weekdayOK || !dayOK || !monthOK || !yearOK || !clockOK || !zoneOK {
		return time.Time{}, false
	}
	date := time.Date(year, time.Month(month+1), day, 0, 0, 0, 0, time.UTC)
	if date.Day() != day {
		return time.Time{}, false // the month is shorter
	}
	return date.Add(clock - offset), true
}

// parseClock returns the time since midnight of hh:mm:ss.
func parseClock(s string) (time.Duration, bool) {
	part := strings.Split(s, ":")
	if len(part) != 3 {
		return 0, false
	}
	hour, hourOK := digits(part[0], 2)
	minute, minuteOK := digits(part[1], 2)
	second, secondOK := digits(part[2], 2)
	if !hourOK || !minuteOK || !secondOK || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	return duration(hour, minute) + time.Duration(second)*time.Second, true
}

func duration(hours, minutes int) time.Duration {
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
}

// parseZone returns how far the zone is east of Greenwich.
func parseZone(s string) (time.Duration, bool) {
	if hours, ok := zones[s]; ok {
		return duration(hours, 0), true
	}
	if s == "" || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	number := s[1:]
	if len(number) == len("hh:mm") && number[2] == ':' {
		number = number[:2] + number[3:]
	}
	if len(number) == len("hh") {
		number += "00"
	}
	n, ok := digits(number, len("hhmm"))
	hours, minutes := n/100, n%100
	if !ok || hours > maxZoneHours || minutes > 59 {
		return 0, false
	}
	if s[0] == '-' {
		return -duration(hours, minutes), true
	}
	return duration(hours, minutes), true
}

// nameIn returns the place of a three-letter name in a list of them.
func nameIn(names, name string) (int, bool) {
	i := strings.Index(names, name)
	return i / 4, len(name) == 3 && i >= 0 && i%4 == 0
}

// digits returns the number that exactly so many decimal digits stand for.
func digits(s string, length int) (int, bool) {
	if len(s) != length || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
