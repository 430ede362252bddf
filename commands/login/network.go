package login

import "net/netip"

// subscriber is how many bits of an IPv6 address name the network that one subscriber has.
const subscriber = 64

// Network returns what counts as one caller by its address: the address itself in IPv4, the network of 64 bits in IPv6,
// the zero Prefix for no address.
func Network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = subscriber
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// Caller returns the Network of an address as text. A text that is no address stays as it is.
func Caller(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if n := Network(a); !n.IsSingleIP() {
		return n.String()
	}
	return a.Unmap().String()
}
