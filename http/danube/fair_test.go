package danube

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/http/rest"
)

// TestWhoIsNobodyIsToldToTheServer has requests of whom nobody knows who sent them count with those of other APIs,
// though they are answered by 403 here; what somebody may not do does not count.
func TestWhoIsNobodyIsToldToTheServer(t *testing.T) {
	s := start(t, Options{})
	s.user("normal", events.UserCreated{APIAccess: true})
	s.user("off", events.UserCreated{})
	for name, c := range map[string]struct {
		header, value string
		unknown       bool
	}{
		"nothing":          {"Accept", "*/*", true},
		"an unknown token": {"Authorization", "Token 0123456789abcdef", true},
		"half a header":    {"Authorization", "Token", true},
		"an unknown key":   {"ES-API-KEY", "0123456789abcdef", true},
		"a user's token":   {"Authorization", "Token " + s.tokens["normal"], false},
		"no API access":    {"Authorization", "Token " + s.tokens["off"], false},
	} {
		info := &rest.Info{ID: "request-1", Dialect: "danube", Address: testAddress}
		r := request(http.MethodGet, "/accounts/user/", "")
		r.Header.Set(c.header, c.value)
		w := httptest.NewRecorder()
		New(s.Service, s.Sessions, Options{}).ServeHTTP(w, r.WithContext(rest.WithInfo(r.Context(), info)))
		require.Equal(t, http.StatusForbidden, w.Code, name)
		require.Equal(t, c.unknown, info.Unauthenticated, name)
	}
}

// TestForAddressesOfOneNetworkThereIsOneLimit asks from as many addresses of a network as there are.
func TestForAddressesOfOneNetworkThereIsOneLimit(t *testing.T) {
	s := start(t, Options{RateLimits: true})
	from := func(address string) int { return s.serve(request(http.MethodGet, "/ping/", ""), address).Code }
	for i := range maxOfAddress {
		require.Equal(t, http.StatusOK, from(fmt.Sprintf("2001:db8::%x", i+1)))
	}
	require.Equal(t, http.StatusTooManyRequests, from("2001:db8::ffff"))
	require.Equal(t, http.StatusOK, from("2001:db8:0:1::1"))
}

// TestALogInIsShort refuses a body that no log-in has, in the shape of this API.
func TestALogInIsShort(t *testing.T) {
	s := start(t, Options{})
	w := s.call("", http.MethodPost, "/accounts/login/", `{"username":"`+strings.Repeat("x", rest.SmallBody)+
		`","password":"x"}`)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	require.JSONEq(t, `{"detail":"The body may have 8192 bytes."}`, w.Body.String())
}

// TestChangesAreBounded has a user change more than it may within a minute.
func TestChangesAreBounded(t *testing.T) {
	s := start(t, Options{})
	s.provider()
	s.Writes = rest.NewWrites(1, 10)
	h := New(s.Service, s.Sessions, Options{})
	change := func(city string) *httptest.ResponseRecorder {
		r := request(http.MethodPut, "/accounts/user/uadmin/profile/", `{"city":"`+city+`"}`)
		r.Header.Set("Authorization", "Token "+s.tokens["uadmin"])
		return s.Serve(h, r, rest.Info{ID: "request-1", Dialect: "danube", Address: testAddress})
	}
	require.Equal(t, http.StatusOK, change("Brno").Code)
	w := change("Praha")
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.Regexp(t, `^{"detail": ?"Request was throttled. Expected available in \d+.0 seconds."}$`,
		strings.TrimSpace(w.Body.String()))
	require.NotEmpty(t, w.Header().Get("Retry-After"))
}
