package native

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/http/rest/openapi"
)

func TestEveryCallIsDescribed(t *testing.T) {
	missing, unknown := Describe().Drift()
	assert.Empty(t, missing, "describe these in describe.go")
	assert.Empty(t, unknown, "these do not exist any more")
}

// TestUserIsDescribedAsItIsShown compares the members and their order.
func TestUserIsDescribedAsItIsShown(t *testing.T) {
	var described, shown []string
	for _, m := range userMembers() {
		described = append(described, m.name)
	}
	j := userJSON(time.Time{}, commands.NewDirectory(), &commands.User{})
	defer j.Free()
	d := json.NewDecoder(strings.NewReader(string(j.Bytes())))
	for depth := 0; ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case json.Delim:
			depth += map[json.Delim]int{'{': 1, '[': 1, '}': -1, ']': -1}[token]
		case string:
			if depth == 1 && slices.Contains(described, token) {
				shown = append(shown, token)
			}
		}
	}
	assert.Equal(t, described, slices.Compact(shown))
	var all map[string]any
	require.NoError(t, json.Unmarshal(j.Bytes(), &all))
	assert.Len(t, all, len(described))
}

// TestUserIsDescribedAsItIsRead sends every member that is described, and nothing is unknown.
func TestUserIsDescribedAsItIsRead(t *testing.T) {
	left := object{}
	for name := range sentUserSchema(true, "")["properties"].(openapi.Schema) {
		left[name] = json.RawMessage("null")
	}
	delete(left, "password_hash") // a password is sent in one form or the other
	_, err := readUser(&members{left: left})
	assert.NoError(t, err)
}

// contract finds the operation of a request in the document.
var contract = sync.OnceValues(func() (routers.Router, error) {
	text, err := json.Marshal(openapi.Document(Describe()))
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.Validate(openapi3.NewLoader().Context); err != nil {
		return nil, err
	}
	return legacy.NewRouter(doc)
})

// checkContract compares an exchange with the document: every answer must be as described, and every request that succeeds.
func checkContract(t testing.TB, r *http.Request, body string, w *httptest.ResponseRecorder) {
	t.Helper()
	if r.Method == http.MethodHead { // is GET without a body
		return
	}
	router, err := contract()
	require.NoError(t, err)
	route, params, err := router.FindRoute(r)
	if err != nil {
		assert.GreaterOrEqual(t, w.Code, 400, "%s %s is not described", r.Method, r.URL)
		return
	}
	r.Body = io.NopCloser(strings.NewReader(body))
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, ExcludeRequestQueryParams: true}}
	if w.Code < 300 && r.Header.Get("Content-Type") != "" {
		assert.NoError(t, openapi3filter.ValidateRequest(r.Context(), in), "%s %s", r.Method, r.URL)
	}
	if w.Header().Get("Content-Type") != typeNDJSON {
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: w.Code, Header: w.Header(), Options: in.Options}
		assert.NoError(t, openapi3filter.ValidateResponse(r.Context(), out.SetBodyBytes(w.Body.Bytes())), "%s %s", r.Method, r.URL)
	}
}
