package e24

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/events"
)

// watched is a body that knows whether somebody read it.
type watched struct{ read bool }

func (w *watched) Read([]byte) (int, error) { w.read = true; return 0, errors.New("it breaks off") }
func (*watched) Close() error               { return nil }

// TestAnUnknownKeyHasNoBodyRead refuses a request that nobody has signed before it holds any memory.
func TestAnUnknownKeyHasNoBodyRead(t *testing.T) {
	h := serve(start(t), Options{})
	for key, reads := range map[events.SigningKey]bool{adminKey: true, {ID: "NOBODY", Secret: adminKey.Secret}: false} {
		r := newRequest("PUT", "/v2/accounts", "{}", key)
		body := &watched{}
		r.Body = body
		w := answer(h, r)
		require.Equal(t, reads, body.read, "%s: %d %s", key.ID, w.Code, w.Body)
		if !reads {
			require.Equal(t, http.StatusUnauthorized, w.Code)
			require.Contains(t, bodyOf(w), `"code":"signature_invalid"`)
		}
	}
	r := httptest.NewRequest("PUT", "/v2/accounts", strings.NewReader("{}"))
	require.Equal(t, http.StatusUnauthorized, answer(h, r).Code)
}
