package native

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/login"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
)

// imported sends lines to be imported and returns the answers.
func (s *service) imported(body string, headers ...string) []importAnswer {
	s.t.Helper()
	w := s.call("POST", importPath, s.token, body, append(headers, "Content-Type", call.TypeNDJSON)...)
	require.Equal(s.t, http.StatusOK, w.Code, "%s", w.Body)
	require.Equal(s.t, call.TypeNDJSON, w.Header().Get("Content-Type"))
	var out []importAnswer
	for line := range strings.Lines(w.Body.String()) {
		var a importAnswer
		require.NoError(s.t, json.Unmarshal([]byte(line), &a))
		out = append(out, a)
	}
	return out
}

func statuses(answers []importAnswer) (out []int) {
	for _, a := range answers {
		out = append(out, a.Status)
	}
	return out
}

func TestImport(t *testing.T) {
	s := start(t, committer.Options{})
	got := s.imported(`{"email":"ada@example.com","profile":{"city":"London"},"id":"x","number":7,"created_at":"2001-01-01T00:00:00Z"}
{"email":"bea@example.com","password":"correct horse"}

{"email":"ADA@example.com"}
{"email":
{"email":"cid@example.com","nope":1}
  {"email":"dan@example.com","username":"dan"}  ` + "\r\n" + `{"email":"eve@example.com"}`)
	require.Equal(t, []int{201, 201, 409, 400, 400, 201, 201}, statuses(got))
	for i, line := range []int{1, 2, 4, 5, 6, 7, 8} {
		assert.Equal(t, line, got[i].Line)
	}
	assert.Equal(t, "email_taken", got[2].Problem.Code)
	assert.Equal(t, "#/nope", got[4].Problem.Errors[0].Pointer)
	ada := s.Snapshot().User(*got[0].ID)
	assert.Equal(t, "London", ada.Profile.City)
	assert.Equal(t, []int64{2, 3, 4, 5}, []int64{got[0].Number, got[1].Number, got[5].Number, got[6].Number})
	assert.Equal(t, ada.Version, got[0].Sequence)
	_, err := s.LogIn(httptest.NewRequest(http.MethodGet, "/", nil),
		login.Attempt{Name: "bea@example.com", Password: "correct horse", Unbounded: true})
	assert.NoError(t, err)
}

// TestImportOfAFileWithAByteOrderMark skips it, before the first line only, and knows the line again without it.
func TestImportOfAFileWithAByteOrderMark(t *testing.T) {
	s := start(t, committer.Options{})
	line := `{"email":"ada@example.com"}`
	marked := s.imported("\ufeff"+line+"\n\ufeff"+line, call.IdempotencyHeader, "k")
	require.Equal(t, []int{201, 400}, statuses(marked))
	require.Equal(t, marked[0].ID, s.imported(line, call.IdempotencyHeader, "k")[0].ID)
	require.Empty(t, s.imported("\ufeff\n"))
}

// TestImportIsOrderly imports so many lines that batches are shared: numbers follow the lines, and of lines that
// exclude each other the first counts.
func TestImportIsOrderly(t *testing.T) {
	s := start(t, committer.Options{})
	var body strings.Builder
	const n = 3 * inFlight
	for i := range n {
		fmt.Fprintf(&body, `{"email":"user%d@example.com"}`+"\n", i/3)
	}
	got := s.imported(body.String())
	require.Len(t, got, n)
	for i, a := range got {
		require.Equal(t, i+1, a.Line)
		if i%3 == 0 {
			require.Equal(t, 201, a.Status)
			require.EqualValues(t, i/3+2, a.Number)
		} else {
			require.Equal(t, 409, a.Status)
		}
	}
	assert.Equal(t, n/3+1, s.Snapshot().Len())
}

// TestImportResumes sends an import again from the start, and lines of it in another order.
func TestImportResumes(t *testing.T) {
	s := start(t, committer.Options{})
	one, two, three := `{"email":"ada@example.com"}`, `{"email":"bea@example.com"}`, `{"email":"cid@example.com"}`
	first := s.imported(one+"\n"+two, call.IdempotencyHeader, "k")
	require.Equal(t, []int{201, 201}, statuses(first))
	again := s.imported(one+"\n"+two+"\n"+three, call.IdempotencyHeader, "k")
	require.Equal(t, []int{201, 201, 201}, statuses(again))
	assert.Equal(t, first, again[:2])
	assert.Equal(t, *again[1].ID, *s.imported(two, call.IdempotencyHeader, "k")[0].ID)
	assert.Equal(t, []int{409}, statuses(s.imported(two, call.IdempotencyHeader, "other")))
	assert.Equal(t, []int{409}, statuses(s.imported(two)))
	assert.Equal(t, 4, s.Snapshot().Len())
}

func TestImportOfLinesThatAreTooLong(t *testing.T) {
	s := start(t, committer.Options{})
	long := `{"email":"` + strings.Repeat("a", 3*rest.MaxBody) + `"}`
	got := s.imported(long + "\n" + `{"email":"ada@example.com"}` + "\n" + long)
	assert.Equal(t, []int{413, 201, 413}, statuses(got))
}

func TestImportByWhoMayNot(t *testing.T) {
	s := start(t, committer.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "child@example.com", Active: true})
	w := s.call("POST", importPath, s.key(u.ID, events.Permissions{}), `{"email":"ada@example.com"}`)
	assert.Contains(t, w.Body.String(), `"status":403`)
	assert.Equal(t, http.StatusUnsupportedMediaType, s.call("POST", importPath, s.token, "", "Content-Type",
		"text/csv").Code)
	assert.Equal(t, http.StatusUnauthorized, s.call("POST", importPath, "", "").Code)
	assert.Equal(t, http.StatusOK, s.call("POST", importPath, s.token, "").Code)
}

// TestImportAnswersWhileItReads sends a line only when the one before is answered, over a real connection, and then
// goes away.
func TestImportAnswersWhileItReads(t *testing.T) {
	s := start(t, committer.Options{})
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		s.http.ServeHTTP(w, r)
	}))
	defer server.Close()
	body, in := io.Pipe()
	r, err := http.NewRequest("POST", server.URL+importPath, body)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+s.token)
	lines := make(chan string)
	go func() {
		for line := range lines {
			_, _ = io.WriteString(in, line+"\n")
		}
	}()
	lines <- `{"email":"user0@example.com"}`
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	out := bufio.NewReader(answer.Body)
	for i := range 3 {
		got, err := out.ReadString('\n')
		require.NoError(t, err)
		assert.Contains(t, got, fmt.Sprintf(`{"line":%d,"status":201`, i+1))
		lines <- fmt.Sprintf(`{"email":"user%d@example.com"}`, i+1)
	}
	close(lines)
	require.NoError(t, answer.Body.Close())
	require.NoError(t, in.CloseWithError(io.ErrUnexpectedEOF))
	<-ended
	http.DefaultClient.CloseIdleConnections()
}

func TestExport(t *testing.T) {
	s := start(t, committer.Options{})
	for i := range 200 {
		s.create(commands.Service(), events.UserCreated{Email: fmt.Sprintf("user%03d@example.com", i),
			Active: i%2 == 0})
	}
	w := s.call("GET", "/v1/users:export?sort=-email&filter[active]=true&q=user", s.token, "")
	require.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, "202", w.Header().Get(rest.SequenceHeader))
	lines := strings.Split(strings.TrimSuffix(w.Body.String(), "\n"), "\n")
	require.Len(t, lines, 100)
	assert.Contains(t, lines[0], `"email":"user198@example.com"`)
	assert.NotContains(t, w.Body.String(), "password")

	assert.Equal(t, 200, strings.Count(s.call("GET", "/v1/users:export?filter[email][prefix]=user", s.token,
		"").Body.String(), "\n"))
	assert.Empty(t, s.call("HEAD", "/v1/users:export", s.token, "").Body.String())
	for query, code := range map[string]string{"limit=3": "parameter_unknown", "sort=nope": "sort_invalid",
		"filter[x]=1": "filter_field_unknown"} {
		w := s.call("GET", "/v1/users:export?"+query, s.token, "")
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Contains(t, w.Body.String(), code)
	}
}

// TestExportIsImported moves all users to another service.
func TestExportIsImported(t *testing.T) {
	from, to := start(t, committer.Options{}), start(t, committer.Options{})
	from.imported(`{"email":"ada@example.com","display_name":"Ada L","phone":"1","extra_params":"{}","profile":{"city":"London"},"active":false}`)
	exported := from.call("GET", "/v1/users:export?filter[email]=ada@example.com", from.token, "").Body.String()
	require.Equal(t, []int{201}, statuses(to.imported(exported)))
	got := to.call("GET", "/v1/users:export?filter[email]=ada@example.com", to.token, "").Body.String()
	same := func(text string) (o call.Object) {
		require.NoError(t, json.Unmarshal([]byte(text), &o))
		for _, name := range readOnly {
			delete(o, name)
		}
		return o
	}
	assert.Equal(t, same(exported), same(got))
}
