package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"accountd/http/native"
	"accountd/http/rest/openapi"
)

// TestEveryCallIsDescribed walks the routes of all dialects and their descriptions.
func TestEveryCallIsDescribed(t *testing.T) {
	for _, d := range described() {
		missing, unknown := d.Drift()
		require.Empty(t, missing, "%s: describe these in its describe.go", d.Name)
		require.Empty(t, unknown, "%s: these do not exist", d.Name)
		require.NotEmpty(t, d.Routes, d.Name)
	}
}

func TestOpenAPIDocument(t *testing.T) {
	s := start(t, testConfig(t))
	answer, err := http.Get(s.url + openapi.Path)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	var shape map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&shape))
	text, err := json.Marshal(shape)
	require.NoError(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(text)
	require.NoError(t, err)
	require.NoError(t, doc.Validate(t.Context()))
	require.Greater(t, doc.Paths.Len(), 40)
	used := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			require.NotEmpty(t, o.Summary, "%s %s", method, path)
			require.NotEmpty(t, o.OperationID, "%s %s", method, path)
			require.Len(t, o.Tags, 1, "%s %s", method, path)
			require.NotNil(t, doc.Tags.Get(o.Tags[0]), "%s %s", method, path)
			used[o.Tags[0]] = true
		}
	}
	require.Len(t, used, len(doc.Tags), "every tag has a call, and a name of its own")
	require.Equal(t, "Users", doc.Tags[0].Name)
}

// TestEachDialectHasItsDocument asks for the parts, which are the whole together.
func TestEachDialectHasItsDocument(t *testing.T) {
	h := openapi.New(native.Problem, described()...)
	get := func(path string) (status int, paths map[string]any) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		var document struct{ Paths map[string]any }
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &document))
		return w.Code, document.Paths
	}
	_, whole := get(openapi.Path)
	require.NotEmpty(t, whole)
	together := map[string]any{}
	for _, d := range described() {
		status, paths := get(d.Path())
		require.Equal(t, http.StatusOK, status)
		require.NotEmpty(t, d.Title, d.Name)
		for path, item := range paths {
			require.NotContains(t, together, path)
			together[path] = item
		}
	}
	require.Equal(t, whole, together)
	status, _ := get(openapi.Path + "?dialect=latin")
	require.Equal(t, http.StatusBadRequest, status)
}
