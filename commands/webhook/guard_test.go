package webhook

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

func TestPublic(t *testing.T) {
	for _, text := range []string{"1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "2606:4700:4700::1111",
		"2a00:1450::1"} {
		require.True(t, public(netip.MustParseAddr(text)), text)
		require.NoError(t, refuseInside("tcp", netip.AddrPortFrom(netip.MustParseAddr(text), 443).String(), nil))
	}
	for _, text := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"100.64.0.1", "169.254.169.254",
		"192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
		"255.255.255.255",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
		"::ffff:10.0.0.1",
		"::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "3fff::1",
		"100::1",
	} {
		require.False(t, public(netip.MustParseAddr(text)), text)
		require.ErrorIs(t, refuseInside("tcp", netip.AddrPortFrom(netip.MustParseAddr(text), 443).String(), nil),
			errAddress)
	}
	require.ErrorIs(t, refuseInside("tcp", "localhost:443", nil), errAddress, "what is no address was not looked up")
}

// TestNothingIsSentInside has webhooks that lead to this very machine, one of them by a name.
func TestNothingIsSentInside(t *testing.T) {
	w := newWorld(t)
	r, _ := w.react(Options{})
	s := newSink(t)
	port := netip.MustParseAddrPort(s.Listener.Addr().String()).Port()
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"} {
		hook := &commands.Webhook{Entity: commands.Entity{ID: uuid.New()}, URL: "https://" + host + ":" + itoa(port),
			Secret: NewSecret()}
		d, _ := r.attempt(t.Context(), hook, parcel{})
		require.Equal(t, Failed, d.Outcome, host)
		require.Contains(t, []string{errorAddress, errorConnect}, d.Error, host)
		if host == "127.0.0.1" || host == "localhost" || host[0] == '[' {
			require.Equal(t, errorAddress, d.Error, host)
		}
		hook.URL = "http" + hook.URL[len("https"):]
		d, _ = r.attempt(t.Context(), hook, parcel{})
		require.Equal(t, errorURL, d.Error, "in clear")
	}
	s.requireQuiet(t)
}

func itoa(port uint16) string {
	return netip.AddrPortFrom(netip.IPv4Unspecified(), port).String()[len("0.0.0.0:"):]
}

// TestSignature has the example of the specification's authors.
func TestSignature(t *testing.T) {
	require.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signatures(
		[]events.Secret{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "msg_p5jXN8AQM9LWM0D4loKWxJek",
		time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`)))
	require.Empty(t, signatures([]events.Secret{"no secret"}, "", time.Time{}, nil))
	require.Regexp(t, `^whsec_[A-Za-z0-9+/]{43}=$`, NewSecret().Reveal())
	require.NotEqual(t, NewSecret(), NewSecret())
}
