package problems

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/http/rest"
	"accountd/http/rest/page"
)

func ask(method, path, accept string) *httptest.ResponseRecorder {
	problem := func(w http.ResponseWriter, r *http.Request, err error) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(rest.FaultOf(err).Head(w, r, err))
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	New(problem, page.New(page.Options{Name: "accountd"})).ServeHTTP(w, r)
	return w
}

// TestPagesLeadFromTheListToEachProblem follows every link.
func TestPagesLeadFromTheListToEachProblem(t *testing.T) {
	links := regexp.MustCompile(`href="(/problems/[^"]+)"`)
	found := links.FindAllStringSubmatch(ask(http.MethodGet, Path, "").Body.String(), -1)
	require.Len(t, found, len(All()))
	for i, p := range All() {
		require.Equal(t, p.path(), found[i][1])
		w := ask(http.MethodGet, found[i][1], "text/html,application/xhtml+xml,application/json;q=0.9")
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Header().Get("Content-Type"), "text/html")
		require.Contains(t, w.Body.String(), "<h1>"+rest.Title(p.Code)+"</h1>")
		require.Contains(t, w.Body.String(), "<dd>"+p.statuses()+"</dd>")
	}
	require.Equal(t, ask(http.MethodGet, Path+"/", "").Body, ask(http.MethodGet, Path, "*/*").Body)
	require.Equal(t, http.StatusOK, ask(http.MethodHead, Path+"/email_taken", "").Code)
}

func TestProgramsGetJSON(t *testing.T) {
	w := ask(http.MethodGet, Path+"/user_not_found", "application/json")
	require.Equal(t, "Accept", w.Header().Get("Vary"))
	require.JSONEq(t, `{"type":"/problems/user_not_found","code":"user_not_found","title":"User not found","statuses":[400,404],
		"meaning":"There is no such user, or the caller may not see it. With status 400, a member of the body names it.",
		"advice":"List the users to find its id. A deleted user appears only in the history."}`, w.Body.String())

	var list struct{ Data []struct{ Code string } }
	require.NoError(t, json.Unmarshal(ask(http.MethodGet, Path+"/",
		"application/problem+json, text/html;q=0.1").Body.Bytes(), &list))
	require.Len(t, list.Data, len(All()))
}

func TestWhatIsNotThere(t *testing.T) {
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, Path + "/nothing_such", http.StatusNotFound},
		{http.MethodGet, Path + "/a/b", http.StatusNotFound},
		{http.MethodPost, Path + "/email_taken", http.StatusMethodNotAllowed},
	} {
		w := ask(c.method, c.path, "")
		require.Equal(t, c.status, w.Code, c.path)
		require.Contains(t, w.Header().Get("Content-Type"), "text/html", c.path)
		w = ask(c.method, c.path, "application/json")
		require.Equal(t, c.status, w.Code, c.path)
		require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"), c.path)
	}
}
