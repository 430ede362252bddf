package asyncapi

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/feed"
	"accountd/http/rest"
)

func problem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	w.WriteHeader(f.Head(w, r, err))
	_, _ = io.WriteString(w, f.Reason)
}

// served returns the document as it is served.
func served(t *testing.T) object {
	t.Helper()
	w := httptest.NewRecorder()
	New(problem).ServeHTTP(w, httptest.NewRequest("GET", Path, nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	var d object
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &d))
	return d
}

// TestMessagesAreAsDescribed holds every type's sample, as the feed would tell of it, against the document.
func TestMessagesAreAsDescribed(t *testing.T) {
	d := served(t)
	require.Equal(t, "3.0.0", d["asyncapi"])
	for _, typ := range events.Types() {
		stored, err := os.ReadFile(filepath.Join("../../events/testdata", typ+".json"))
		require.NoError(t, err)
		event, err := events.Unmarshal(typ, stored)
		require.NoError(t, err)
		for _, r := range []events.Record{
			{Type: typ, Event: event, Aggregate: events.User(uuid.New()),
				Cause: events.Cause{Actor: "system", Credential: "x", RequestID: "y"}},
			{Type: typ, Erased: true},
		} {
			told, err := json.Marshal(feed.MessageOf(r))
			require.NoError(t, err)
			var message any
			require.NoError(t, json.Unmarshal(told, &message))
			for _, part := range at(t, d, "components", "messages", typ, "payload", "allOf").([]any) {
				require.NoError(t, check(d, part.(object), message, typ))
			}
			require.Empty(t, undeclared(at(t, d, "components", "schemas", envelope).(object), message), typ)
			data := message.(object)["data"]
			require.Empty(t, undeclared(at(t, d, "components", "schemas", typ).(object), data), typ)
		}
	}
}

// TestSecretsAreNotDescribed has nothing in the document that the feed leaves away.
func TestSecretsAreNotDescribed(t *testing.T) {
	text, err := json.Marshal(served(t))
	require.NoError(t, err)
	for _, name := range []string{`"password_hash"`, `"hash"`, `"secret"`, `"secret_hash"`} {
		require.NotContains(t, string(text), name)
	}
}

func TestReferencesResolve(t *testing.T) {
	d := served(t)
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case object:
			if to, ok := v["$ref"].(string); ok {
				at(t, d, strings.Split(strings.TrimPrefix(to, "#/"), "/")...)
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(d)
	require.Equal(t, "feed.{kind}.UserCreated.{id}", at(t, d, "channels", "UserCreated", "address"))
	require.Equal(t, "send", at(t, d, "operations", "send.UserCreated", "action"))
	require.Len(t, at(t, d, "components", "messages"), len(events.Types()))
}

func TestOtherMethods(t *testing.T) {
	w := httptest.NewRecorder()
	New(problem).ServeHTTP(w, httptest.NewRequest("POST", Path, nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
}

// at returns what stands at that path in the document.
func at(t *testing.T, d object, path ...string) any {
	t.Helper()
	var v any = d
	for _, name := range path {
		require.Contains(t, v, name, path)
		v = v.(object)[name]
	}
	return v
}

type mismatch string

func (m mismatch) Error() string { return string(m) }

// check is as much of JSON Schema as the document uses.
func check(d, schema object, v any, path string) error {
	if to, ok := schema["$ref"].(string); ok {
		name := to[strings.LastIndex(to, "/")+1:]
		return check(d, d["components"].(object)["schemas"].(object)[name].(object), v, path)
	}
	if choices, ok := schema["oneOf"].([]any); ok {
		if slices.ContainsFunc(choices, func(c any) bool { return check(d, c.(object), v, path) == nil }) {
			return nil
		}
		return mismatch(path + " is none of its forms")
	}
	if want, ok := schema["const"]; ok && want != v {
		return mismatch(path + " is another constant")
	}
	if want, ok := schema["type"]; ok && want != kindOf(v) {
		return mismatch(path + " is of another type")
	}
	if text, ok := v.(string); ok && !formed(schema["format"], text) {
		return mismatch(path + " has another format")
	}
	if list, ok := v.([]any); ok {
		for _, item := range list {
			if err := check(d, schema["items"].(object), item, path+"[]"); err != nil {
				return err
			}
		}
	}
	return checkMembers(d, schema, v, path)
}

func checkMembers(d, schema object, v any, path string) error {
	members, ok := v.(object)
	if !ok {
		return nil
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := members[name.(string)]; !ok {
			return mismatch(path + " lacks " + name.(string))
		}
	}
	properties, _ := schema["properties"].(object)
	for name, property := range properties {
		if value, ok := members[name]; ok {
			if err := check(d, property.(object), value, path+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

func kindOf(v any) string {
	switch v := v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case object:
		return "object"
	}
	return "null"
}

func formed(format any, text string) bool {
	var err error
	switch format {
	case "uuid":
		_, err = uuid.Parse(text)
	case "date-time":
		_, err = time.Parse(time.RFC3339Nano, text)
	}
	return err == nil
}

// undeclared returns the members of v, and of what is in it, that the schema does not name.
func undeclared(schema object, v any) (names []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			names = append(names, undeclared(schema["items"].(object), item)...)
		}
	case object:
		properties, _ := schema["properties"].(object)
		for name, value := range v {
			property, ok := properties[name].(object)
			switch {
			case !ok && schema["additionalProperties"] == nil && len(schema) > 0:
				names = append(names, name)
			case ok:
				names = append(names, undeclared(property, value)...)
			}
		}
	}
	return names
}
