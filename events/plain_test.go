package events

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// TestPlainReaderIsUsed keeps the fast way open for what most Events look like.
func TestPlainReaderIsUsed(t *testing.T) {
	for _, e := range []Event{
		UserCreated{Number: 1, Username: "a", FirstName: "Žofie", Active: true, Parent: uuid.UUID{1}},
		SSHKeyAdded{Number: 1, Key: "ssh-ed25519 AAAA"}, PasswordChanged{Hash: "x"}, UserDeleted{},
	} {
		data, err := json.Marshal(e)
		require.NoError(t, err)
		into := reflect.New(reflect.TypeOf(e)).Elem()
		require.True(t, planOf(into.Type()).read(data, into), string(data))
		require.Equal(t, e, into.Interface())
	}
}

// FuzzPlain proves that the plain reader, when it does not give up, reads what encoding/json reads.
func FuzzPlain(f *testing.F) {
	for i, e := range samples() {
		data, err := json.Marshal(e)
		require.NoError(f, err)
		f.Add(i, data)
	}
	for _, data := range []string{
		`{"number":1,"username":"a"}`, `{"number":01}`, `{"number":-1}`, `{"number":1.5}`,
		`{"number":99999999999999999999}`,
		`{"username":"\u00e9"}`, "{\"username\":\"\xff\"}", "{\"username\":\"\n\"}", `{"username":null}`,
		`{"username":"a",}`,
		`{,"username":"a"}`, `{"username":"a"`, `{"username":"a"}}`, `{"active":true1}`, `{"email":"x","username":"y"}`,
		`{"parent":"0198C0DE-0000-7000-8000-0000000000F1"}`, `{"parent":"{198c0de-0000-7000-8000-0000000000f1}"}`,
		`{}`, ``,
	} {
		f.Add(0, []byte(data))
	}
	f.Fuzz(func(t *testing.T, i int, data []byte) {
		types := samples()
		if i < 0 || i >= len(types) {
			return
		}
		typ := reflect.TypeOf(types[i])
		plain := reflect.New(typ)
		if !planOf(typ).read(data, plain.Elem()) {
			return
		}
		want := reflect.New(typ)
		require.NoError(t, json.Unmarshal(data, want.Interface()))
		require.Equal(t, want.Interface(), plain.Interface())
	})
}
