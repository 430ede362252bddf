package app

import (
	"fmt"
	"log/slog"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// value is a field of the Config as text.
type value interface {
	Set(string) error
	String() string // what Set takes
}

type text struct{ field *string }

func (v text) Set(s string) error { *v.field = s; return nil }
func (v text) String() string     { return *v.field }

type choice struct {
	field *string
	of    []string
}

func (v choice) Set(s string) error {
	if !slices.Contains(v.of, s) {
		return fmt.Errorf("must be %s, not %q", strings.Join(v.of, " or "), s)
	}
	*v.field = s
	return nil
}
func (v choice) String() string { return *v.field }

type onOff struct{ field *bool }

func (v onOff) Set(s string) error {
	if s != "on" && s != "off" {
		return fmt.Errorf("must be on or off, not %q", s)
	}
	*v.field = s == "on"
	return nil
}

func (v onOff) String() string {
	if *v.field {
		return "on"
	}
	return "off"
}

type number struct{ field *int }

func (v number) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil {
		return fmt.Errorf("must be a whole number, not %q", s)
	}
	*v.field = n
	return nil
}
func (v number) String() string { return strconv.Itoa(*v.field) }

type fraction struct{ field *float64 }

func (v fraction) Set(s string) error {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return fmt.Errorf("must be a number, not %q", s)
	}
	*v.field = f
	return nil
}
func (v fraction) String() string { return strconv.FormatFloat(*v.field, 'g', -1, 64) }

type duration struct{ field *time.Duration }

func (v duration) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil {
		return fmt.Errorf("must be a duration such as 90s or 15m, not %q", s)
	}
	*v.field = d
	return nil
}

func (v duration) String() string {
	s := v.field.String() // "15m0s"
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}

// size is a number of bytes; the empty text stands for 0, which is no bound.
type size struct{ field *int64 }

// units are those of a size, the longer ones first.
var units = []struct {
	name  string
	bytes int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9},
	{"TB", 1e12}, {"B", 1}, {"", 1}}

func (v size) Set(s string) error {
	if s == "" {
		*v.field = 0
		return nil
	}
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/u.bytes {
			break
		}
		*v.field = n * u.bytes
		return nil
	}
	return fmt.Errorf("must be a size such as 500MiB or 20GB, not %q", s)
}

func (v size) String() string {
	for _, u := range slices.Backward(units[:4]) {
		if n := *v.field; n == 0 {
			return ""
		} else if n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(*v.field, 10)
}

type list struct{ field *[]string }

func (v list) Set(s string) error { *v.field = items(s); return nil }
func (v list) String() string     { return strings.Join(*v.field, ",") }

// items returns what stands between commas.
func items(s string) []string {
	var out []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

type networks struct{ field *[]netip.Prefix }

func (v networks) Set(s string) error {
	*v.field = nil
	for _, item := range items(s) {
		p, err := netip.ParsePrefix(item)
		if addr, err2 := netip.ParseAddr(item); err2 == nil {
			p, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("must be addresses or networks such as 10.0.0.0/8, not %q", item)
		}
		*v.field = append(*v.field, p.Masked())
	}
	return nil
}

func (v networks) String() string {
	var out []string
	for _, p := range *v.field {
		out = append(out, p.String())
	}
	return strings.Join(out, ",")
}

type level struct{ field *slog.Level }

func (v level) Set(s string) error {
	if err := v.field.UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("must be debug, info, warn or error, not %q", s)
	}
	return nil
}
func (v level) String() string { return strings.ToLower(v.field.String()) }
