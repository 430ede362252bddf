package contract

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// document describes one service of two calls.
func document() object {
	text := func(name string) object {
		return object{"name": name, "in": "path", "required": true,
			"schema": object{"type": "string", "pattern": "^[a-z]+$"}}
	}
	thing := object{"type": "object", "required": []string{"name"}, "additionalProperties": false, "properties": object{
		"name": object{"type": "string", "minLength": 1, "maxLength": 9},
		"size": object{"type": []string{"integer", "null"}, "minimum": 0},
		"id":   object{"type": "string", "format": "uuid", "readOnly": true}}}
	content := object{"application/json": object{"schema": object{"$ref": "#/components/schemas/thing"}}}
	responses := object{"200": object{"description": "it", "content": content,
		"headers": object{"es_version": object{"$ref": "#/components/headers/version"}}},
		"4XX": object{"description": "no"}}
	version := object{"required": true, "schema": object{"type": "integer"}}
	return object{"openapi": "3.1.0", "info": object{"title": "things", "version": "1"},
		"components": object{"schemas": object{"thing": thing}, "headers": object{"version": version}},
		"paths": object{"/things/{name}": object{
			"put": object{"operationId": "things_put", "parameters": []object{text("name")},
				"requestBody": object{"required": true, "content": content}, "responses": responses},
			"get": object{"operationId": "things_get",
				"parameters": []object{text("name"), {"name": "If-None-Match", "in": "header",
					"schema": object{"type": "string"}}}, "responses": responses, "security": []any{}}}}}
}

func contractOf(t *testing.T) *Contract {
	t.Helper()
	c, err := New(document())
	require.NoError(t, err)
	return c
}

func exchange(method, path, body string, status int, got string) Exchange {
	x := Exchange{Request: httptest.NewRequest(method, path, nil), Sent: []byte(body), Status: status,
		Header: http.Header{"es_version": {"4"}}, Got: []byte(got)}
	if body != "" {
		x.Request.Header.Set("Content-Type", "application/json")
	}
	if got != "" {
		x.Header.Set("Content-Type", "application/json")
	}
	return x
}

// headed gives the answer these values of its header, nil: it has none.
func headed(x Exchange, version []string) Exchange {
	if x.Header["es_version"] = version; version == nil {
		delete(x.Header, "es_version")
	}
	return x
}

func TestCheck(t *testing.T) {
	c := contractOf(t)
	for _, x := range []struct {
		about string
		x     Exchange
		rules Rules
		wrong string
	}{
		{"as described", exchange("PUT", "/things/a", `{"name":"a"}`, 200, `{"name":"a","size":null}`), Rules{}, ""},
		{"refused", exchange("PUT", "/things/a", `{"size":"a"}`, 400, ""), Rules{}, ""},
		{"granted what is not allowed", exchange("PUT", "/things/a", `{"size":1}`, 200, `{"name":"a"}`), Rules{},
			"the request is not as described"},
		{"the same of a lenient service", exchange("PUT", "/things/a", `{"size":1}`, 200, `{"name":"a"}`),
			Rules{Lenient: true}, ""},
		{"another body", exchange("GET", "/things/a", "", 200, `{"name":""}`), Rules{}, "not as described"},
		{"the same where it may be", exchange("GET", "/things/a", "", 200, `{"name":""}`),
			Rules{Bare: []string{`{"name":""}`}}, ""},
		{"another status", exchange("GET", "/things/a", "", 201, `{"name":"a"}`), Rules{}, "not as described"},
		{"a body where there is none", exchange("GET", "/things/a", "", 404, `{}`), Rules{}, "none is described"},
		{"without a header", headed(exchange("GET", "/things/a", "", 200, `{"name":"a"}`), nil), Rules{},
			"\"es_version\" missing"},
		{"with another one than is described", headed(exchange("GET", "/things/a", "", 200, `{"name":"a"}`),
			[]string{"four"}), Rules{}, "es_version"},
		{"no such call", exchange("POST", "/things/a", "", 200, ""), Rules{}, "the call is not described"},
		{"no such path", exchange("GET", "/things/A", "", 200, ""), Rules{}, "the call is not described"},
		{"no such call, refused", exchange("POST", "/things/a", "", 405, "{}"), Rules{}, ""},
		{"an alias", exchange("POST", "/alias", "", 200, `{"name":"a"}`),
			Rules{Call: func(string, string) (string, string) { return "GET", "/things/a" }}, ""},
	} {
		err := c.Check(x.x, x.rules)
		if x.wrong == "" {
			require.NoError(t, err, x.about)
			continue
		}
		require.ErrorContains(t, err, x.wrong, x.about)
	}
}

func TestNoDocument(t *testing.T) {
	for _, document := range []any{make(chan int), "text", object{"openapi": "3.1.0"}} {
		_, err := New(document)
		require.Error(t, err, "%v", document)
	}
}

// TestWatch lets what is as described pass as it was answered.
func TestWatch(t *testing.T) {
	h := Watch(t, document(), Rules{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header()["es_version"] = []string{"4"}
		_, _ = w.Write([]byte(`{"name":"a"}`))
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/things/a", nil))
	require.Equal(t, `{"name":"a"}`, w.Body.String())
}

// TestRequestsAreMadeUp holds what is allowed to the document, and finds that most of what is spoiled is not.
func TestRequestsAreMadeUp(t *testing.T) {
	c := contractOf(t)
	put, get := c.Operations()[0], c.Operations()[1]
	require.Equal(t, []string{"PUT", "GET"}, []string{put.Method, get.Method})
	require.Equal(t, []bool{false, true}, []bool{put.Open(), get.Open()})
	granted := func(r Request) error {
		x := exchange(r.Method, "/things/a", r.Body, 200, `{"name":"a"}`)
		x.Request.Header = r.Header
		return c.Check(x, Rules{})
	}
	known, refused := Known{"name": {"known"}, "If-None-Match": {`"1"`}}, 0
	paths := map[string]bool{}
	for seed := range 100 {
		r := put.Allowed(known).Example(seed)
		require.NoError(t, granted(r), "%s", r)
		require.NotContains(t, r.Body, `"id"`)
		paths[r.Target()] = true
		require.Contains(t, []string{"", `"1"`}, get.Allowed(known).Example(seed).Header.Get("If-None-Match"))
		if granted(put.Spoiled(known).Example(seed)) != nil {
			refused++
		}
		require.Equal(t, r.String(), put.Allowed(known).Example(seed).String(), "the same seed, another request")
	}
	require.Contains(t, paths, "/things/known")
	require.Greater(t, len(paths), 10)
	require.Greater(t, refused, 40)
	require.True(t, strings.HasPrefix(put.Allowed(known).Example(1).String(), "PUT /things/"))
}
