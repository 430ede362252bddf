package app

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTypesOfProblemsLeadSomewhere follows the type of a problem, without a token, as a browser does.
func TestTypesOfProblemsLeadSomewhere(t *testing.T) {
	s := start(t, testConfig(t))
	get := func(path string) (int, []byte) {
		answer, err := http.Get(s.url + path)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, body
	}
	for _, path := range []string{"/v1/users", "/nothing/here"} {
		_, body := get(path)
		var problem struct{ Type, Title string }
		require.NoError(t, json.Unmarshal(body, &problem))
		status, text := get(problem.Type)
		require.Equal(t, http.StatusOK, status, problem.Type)
		require.Contains(t, string(text), "<h1>"+problem.Title+"</h1>")
	}
}
