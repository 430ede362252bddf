package clientuser

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/http/rest"
)

// tells is a body that tells when it is read for the first time.
type tells struct {
	io.ReadCloser
	began chan<- struct{}
	told  bool
}

func (b *tells) Read(p []byte) (int, error) {
	if !b.told {
		b.told = true
		b.began <- struct{}{}
	}
	return b.ReadCloser.Read(p)
}

// TestABodyThatIsStillToComeKeepsNoPlace has more requests than an address may have at once be slow with their bodies:
// another one from there is answered.
func TestABodyThatIsStillToComeKeepsNoPlace(t *testing.T) {
	s := start(t, Options{RateLimits: true, HourlyLimit: 1000})
	h := New(s.Service, s.Sessions, s.opts)
	serve := func(body io.Reader) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/oauth/token", body)
		r.Header.Set("Content-Type", typeForm)
		w := httptest.NewRecorder()
		info := &rest.Info{ID: "id", Dialect: "clientuser", Address: testAddress}
		h.ServeHTTP(w, r.WithContext(rest.WithInfo(r.Context(), info)))
		return w
	}
	const slow = 15
	began, ended := make(chan struct{}), make(chan int, slow)
	var bodies []*io.PipeWriter
	for range slow {
		r, w := io.Pipe()
		bodies = append(bodies, w)
		go func() { ended <- serve(&tells{ReadCloser: r, began: began}).Code }()
		<-began
	}
	app := s.apps["password"]
	form := url.Values{"grant_type": {"password"}, "client_id": {app.id}, "client_secret": {app.secret},
		"username": {"boss"}, "password": {testPassword}}
	w := serve(strings.NewReader(form.Encode()))
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	for _, b := range bodies {
		require.NoError(t, b.Close())
	}
	for range slow {
		<-ended
	}
}

// TestForAddressesOfOneNetworkThereIsOneLimit asks from as many addresses of a network as there are.
func TestForAddressesOfOneNetworkThereIsOneLimit(t *testing.T) {
	s := start(t, Options{RateLimits: true, HourlyLimit: 1000})
	h := New(s.Service, s.Sessions, s.opts)
	ask := func(address string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/oauth/token", strings.NewReader("grant_type=x"))
		r.Header.Set("Content-Type", typeForm)
		h.ServeHTTP(w, r.WithContext(rest.WithInfo(r.Context(), &rest.Info{ID: "id", Dialect: "clientuser",
			Address: address})))
		return w.Code
	}
	counts := map[int]int{}
	for i := range 200 {
		counts[ask("2001:db8::"+string("0123456789abcdef"[i%16]))]++
	}
	require.Positive(t, counts[http.StatusTooManyRequests])
	require.Equal(t, http.StatusBadRequest, ask("2001:db8:0:1::1"), "another network")
}

// TestTokenRequestsAreShort refuses a body that no request for a token has, in the shape of this API.
func TestTokenRequestsAreShort(t *testing.T) {
	s := start(t, Options{})
	w := s.post("/oauth/token", "grant_type", "password", "username", strings.Repeat("x", rest.SmallBody))
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	require.JSONEq(t, `{"message":"The body may have 8192 bytes."}`, w.Body.String())
	w = s.post("/oauth/login", "username", strings.Repeat("x", rest.SmallBody))
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	require.Contains(t, w.Header().Get("Content-Type"), "text/html")
}
