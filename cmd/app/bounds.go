package app

import (
	"errors"
	"net"

	"accountd/http/rest"
	"accountd/http/server"
)

// Bounds says how much one caller may take before it is told to wait, so that the others are served. No honest program
// meets the defaults. Those of changes hold while there are rate limits.
type Bounds struct {
	Connections     int // that are open at once; 0: any number
	ConnectionsEach int // from one address, or network of 64 bits; 0: any number
	ChangesMinute   int // that a user who is no super admin may make within a minute
	ChangesDay      int // and within a day
}

func defaultBounds() Bounds {
	return Bounds{Connections: 10_000, ConnectionsEach: 1000, ChangesMinute: 12_000, ChangesDay: 200_000}
}

// boundsOptions returns the settings of Bounds.
func boundsOptions(b *Bounds) []option {
	const group = "Bounds"
	return []option{
		{group, "max-connections", "N", "most HTTP connections that may be open at once; 0 is no limit",
			number{&b.Connections}, ""},
		{group, "max-connections-per-address", "N",
			"most of these from one IPv4 address or one IPv6 network of 64 bits, except trusted-proxies; 0 is no limit",
			number{&b.ConnectionsEach}, ""},
		{group, "max-changes-per-minute", "N",
			"changes that a user who is not a super admin may make within a minute, in all APIs together",
			number{&b.ChangesMinute}, ""},
		{group, "max-changes-per-day", "N", "the same within a day", number{&b.ChangesDay}, ""},
	}
}

// validate returns what is wrong with it.
func (b Bounds) validate() error {
	switch {
	case b.Connections < 0:
		return errors.New("max-connections: must not be negative")
	case b.ConnectionsEach < 0:
		return errors.New("max-connections-per-address: must not be negative")
	case b.ChangesMinute <= 0:
		return errors.New("max-changes-per-minute: must be more than nothing")
	case b.ChangesDay <= 0:
		return errors.New("max-changes-per-day: must be more than nothing")
	}
	return nil
}

// bounded returns the listener with what clients may open at once.
func (a *app) bounded(l net.Listener) net.Listener {
	b := a.config.Bounds
	return server.Connections{InAll: b.Connections, PerAddress: b.ConnectionsEach,
		Proxies: a.config.TrustedProxies}.Bound(l, a.log)
}

// boundWrites has users who are no super admins change only so much.
func (a *app) boundWrites() {
	if a.config.RateLimits {
		a.service.Writes = rest.NewWrites(a.config.Bounds.ChangesMinute, a.config.Bounds.ChangesDay)
	}
}
