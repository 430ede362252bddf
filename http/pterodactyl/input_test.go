package pterodactyl

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plain returns the object as maps, in which lists have the names 0, 1 and so on.
func plain(o *object) map[string]any {
	out := map[string]any{}
	for _, name := range o.names {
		out[name] = o.values[name]
		if inner, ok := o.values[name].(*object); ok {
			out[name] = plain(inner)
		}
	}
	return out
}

func TestParseVariables(t *testing.T) {
	type m = map[string]any
	for query, want := range map[string]m{
		"":                         {},
		"a":                        {"a": ""},
		"=x&&a=1":                  {"a": "1"},
		"a=1&a=2":                  {"a": "2"},
		"a+b.c=d+e":                {"a_b_c": "d e"},
		"a=%zz%4&b=%41":            {"a": "%zz%4", "b": "A"},
		"a[b]=1&a[c]=2":            {"a": m{"b": "1", "c": "2"}},
		"a%5Bb%5D=1":               {"a": m{"b": "1"}},
		"a[]=1&a[]=2":              {"a": m{"0": "1", "1": "2"}},
		"a[1]=x&a[]=y":             {"a": m{"1": "x", "2": "y"}},
		"a[b][]=1&a[b][]=2":        {"a": m{"b": m{"0": "1", "1": "2"}}},
		"a[][b]=1&a[][b]=2":        {"a": m{"0": m{"b": "1"}, "1": m{"b": "2"}}},
		"a=1&a[b]=2":               {"a": m{"b": "2"}},
		"a[b]=2&a=1":               {"a": "1"},
		"a[b=1":                    {"a_b": "1"},
		"a[b]c=1":                  {"a": m{"b": "1"}},
		"a[b][c=1":                 {"a": m{"b": "1"}},
		"[b]=1&a=1":                {"a": "1"},
		"a" + deep(maxDepth) + "=": {},
	} {
		require.Equal(t, want, plain(parseVariables(query)), query)
	}
	require.Len(t, parseVariables(strings.Repeat("a[]=1&", 2*maxVariables)).values["a"].(*object).names, maxVariables)
	require.Equal(t, []string{"z", "a"}, parseVariables("z=1&a=2&z=3").names, "in the order in which they came")
}

func deep(n int) string { return strings.Repeat("[x]", n) }

func TestClean(t *testing.T) {
	o := objectOf(map[string]any{"a": "\u00a0\u200b x \r\n", "b": " \t", "password": "  ", "n": nil, "t": true,
		"list": []any{" y ", "", map[string]any{"c": " "}}})
	o.clean()
	require.Equal(t, map[string]any{"a": "x", "b": nil, "password": "  ", "n": nil, "t": true,
		"list": map[string]any{"0": "y", "1": nil, "2": map[string]any{"c": nil}}}, plain(o))
	empty := objectOf(map[string]any{"password": ""})
	empty.clean()
	require.Equal(t, map[string]any{"password": nil}, plain(empty))
}

func TestJSONFault(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: "", ` {"a":[1,"x"]} `: "", `"ä"`: "", `{"a":"\ud83d\ude00"}`: "",
		`{`: faultSyntax, `{"a"`: faultSyntax, `{"a":1`: faultSyntax, `[1,]`: faultSyntax, `{} x`: faultSyntax,
		` `: faultSyntax, "\n": faultSyntax,
		"\ufeff{}": faultSyntax, `{'a':1}`: faultSyntax, `nul`: faultSyntax, `{"a":1}}`: faultSyntax,
		`{"a":"\x"}`: faultSyntax,
		`{"a`:        faultControl, `"`: faultControl, `{"a":"b\`: faultControl, `{"a":"b\"`: faultControl,
		"{\"a\":\"b\nc\"}": faultControl, "{\x01}": faultControl, "{\"a\":\"\x00\"}": faultControl,
		"{\"a\":\"\xff\"}": faultUTF8, "\xff": faultUTF8, "{\"a\":\"\xc3": faultUTF8, "{\"\xff\":1,}": faultUTF8,
		"{,\"\xff\":1}":  faultSyntax,
		`{"a":"\ud83d"}`: faultUTF16, `{"a":"\ude00\ud83d"}`: faultUTF16, `{"a":"\\ud83d"}`: "",
	} {
		require.Equal(t, want, jsonFault([]byte(body)), "%q", body)
	}
}

func TestBodyTooLarge(t *testing.T) {
	s := start(t, Options{})
	for _, kind := range []string{"application/json", "text/plain", "application/x-www-form-urlencoded",
		"multipart/form-data; boundary=b"} {
		w := s.call("admin", http.MethodPost, usersPath, strings.Repeat(" ", 1<<20+1), "Content-Type", kind)
		require.Equal(t, http.StatusRequestEntityTooLarge, w.Code, kind)
		require.Equal(t, codeTooLarge, failureIn(t, w).Code)
	}
}

// failureIn returns the answer's one error.
func failureIn(t testing.TB, w *httptest.ResponseRecorder) struct{ Code, Status, Detail string } {
	t.Helper()
	var answer struct {
		Errors []struct{ Code, Status, Detail string }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer), w.Body)
	require.Len(t, answer.Errors, 1)
	return answer.Errors[0]
}

// FuzzRequest sends anything that can be sent. No answer is the service's fault, and all are JSON.
func FuzzRequest(f *testing.F) {
	s := start(f, Options{})
	for _, seed := range []struct {
		method       uint8
		kind         uint8
		query, body  string
		path, accept string
	}{
		{0, 0, "filter[username]=a,b&sort=-id&per_page=2.5&page=9&include=servers.user", "", "", ""},
		{1, 0, "", `{"email":"a@b.co","username":"abc","first_name":"F","last_name":"L","language":["en"],"root_admin":1}`, "", ""},
		{1, 1, "email=x", "email=a%40b.co&username=abc&first_name[]=F&_method=patch", "", ""},
		{2, 2, "", "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nx\r\n--b--", "/2", ""},
		{0, 0, "", `{"filter":{"uuid":[1,[2]]},"per_page":-1e9}`, "/external/%20", ""},
		{4, 3, "a[b][c]=%zz&a[=&[]=&.=", "\xff", "/1/", ""},
		{0, 0, "page[]=1&per_page[x]=2&filter[email][x][y]=z", "{\"a\":\"\\ud800\"}", "", ""},
	} {
		f.Add(seed.method, seed.kind, seed.query, seed.body, seed.path, seed.accept)
	}
	methods := []string{"GET", "POST", "PATCH", "HEAD", "PUT", "OPTIONS"} // without DELETE, so that user 2 stays
	kinds := []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
		"text/plain"}
	f.Fuzz(func(t *testing.T, method, kind uint8, query, body, path, accept string) {
		if kind%4 == 1 && strings.Contains(strings.ToUpper(unescape(body)), "DELETE") {
			return
		}
		r := httptest.NewRequest(methods[int(method)%len(methods)], "http://panel.example.com/",
			strings.NewReader(body))
		r.URL.Path, r.URL.RawQuery = usersPath+path, query
		r.Header.Set("Authorization", "Bearer "+s.keys["admin"])
		r.Header.Set("Content-Type", kinds[int(kind)%len(kinds)])
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		s.http.ServeHTTP(w, r)
		require.Less(t, w.Code, http.StatusInternalServerError, w.Body)
		require.True(t, w.Code == http.StatusNoContent || json.Valid(w.Body.Bytes()), w.Body)
	})
}
