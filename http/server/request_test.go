package server

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestRequestID(t *testing.T) {
	for in, kept := range map[string]bool{
		"abc-1._:=":             true,
		strings.Repeat("a", 64): true,
		strings.Repeat("a", 65): false,
		"a b":                   false,
		"a\"b":                  false,
		"ä":                     false,
		"":                      false,
	} {
		got := requestID(http.Header{"X-Request-Id": {in}})
		if kept {
			require.Equal(t, in, got)
			continue
		}
		_, err := uuid.Parse(got)
		require.NoError(t, err, "%q", in)
	}
}

func TestTraceParent(t *testing.T) {
	const valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for in, want := range map[string]string{
		valid:                     valid,
		"cc" + valid[2:]:          valid,
		"cc" + valid[2:] + "-abc": valid,
		valid + "-abc":            "",
		valid + "x":               "",
		"ff" + valid[2:]:          "",
		strings.ToUpper(valid):    "",
		valid[:54]:                "",
		"":                        "",
		"00-00000000000000000000000000000000-b7ad6b7169203331-01": "",
		"00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01": "",
		"00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01": "",
	} {
		require.Equal(t, want, traceParent(http.Header{"Traceparent": {in}}), in)
	}
}

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:1", "1.1.1.1", "203.0.113.9"}, // nobody trusted says so
		{"10.0.0.1:1", "", "10.0.0.1"},
		{"10.0.0.1:1", "1.1.1.1", "1.1.1.1"},
		{"10.0.0.1:1", "6.6.6.6, 1.1.1.1", "1.1.1.1"},
		{"10.0.0.1:1", "1.1.1.1, 10.0.0.2", "1.1.1.1"},
		{"10.0.0.1:1", "6.6.6.6, rubbish, 10.0.0.2", "10.0.0.2"},
		{"10.0.0.1:1", "10.0.0.3, 10.0.0.2", "10.0.0.3"},
		{"10.0.0.1:1", "1.1.1.1:4711", "1.1.1.1"},
		{"[fd00::1]:1", "[2001:db8::1]:4711", "2001:db8::1"},
		{"[fd00::1]:1", "2001:db8::1", "2001:db8::1"},
		{"[::ffff:10.0.0.1]:1", "::ffff:1.1.1.1", "1.1.1.1"},
		{"[fe80::1%eth0]:1", "", "fe80::1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		require.Equal(t, c.want, clientOf(r, proxies).String(), "%+v", c)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "@"
	require.False(t, clientOf(r, proxies).IsValid())
}
