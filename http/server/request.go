package server

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/google/uuid"
)

const maxRequestID = 64

// requestID returns the id that the request brings, when it is one, or a fresh UUID.
func requestID(h http.Header) string {
	if id := h.Get("X-Request-Id"); id != "" && len(id) <= maxRequestID && strings.IndexFunc(id, unsafeInID) < 0 {
		return id
	}
	return uuid.NewString()
}

func unsafeInID(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return false
	}
	return !strings.ContainsRune("-._:=", r)
}

// traceParent returns the W3C trace context of the request as version 00, empty when there is none that is valid.
func traceParent(h http.Header) string {
	s := h.Get("Traceparent")
	const size = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if len(s) < size || s[2] != '-' || s[35] != '-' || s[52] != '-' {
		return ""
	}
	version, trace, parent, flags := s[:2], s[3:35], s[36:52], s[53:55]
	if !lowerHex(version) || !lowerHex(trace) || !lowerHex(parent) || !lowerHex(flags) {
		return ""
	}
	// a version from the future may have more behind a dash; ff never is one
	if version == "ff" || len(s) > size && (version == "00" || s[size] != '-') {
		return ""
	}
	if strings.Trim(trace, "0") == "" || strings.Trim(parent, "0") == "" {
		return ""
	}
	return "00" + s[2:size]
}

func lowerHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// clientOf returns the client's address: that of the connection, or, when a trusted proxy made it, the last one in
// X-Forwarded-For that is none of the trusted proxies. It is invalid when unknown.
func clientOf(r *http.Request, trusted []netip.Prefix) netip.Addr {
	addr := parseAddr(r.RemoteAddr)
	if len(trusted) == 0 || !within(trusted, addr) {
		return addr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := parseAddr(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			return addr // whatever stands before was not said by somebody trusted
		}
		addr = hop
		if !within(trusted, addr) {
			return addr
		}
	}
	return addr
}

// parseAddr reads an address with or without port.
func parseAddr(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return plain(ap.Addr())
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return plain(addr)
}

func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func within(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
