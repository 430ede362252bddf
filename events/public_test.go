package events

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPublicHasNoSecrets looks for every secret of the samples in what may be shown, and for everything else.
func TestPublicHasNoSecrets(t *testing.T) {
	for _, e := range samples() {
		shown, err := json.Marshal(Public(e))
		require.NoError(t, err)
		for _, secret := range []string{"hash of a", "secret of codes", "signing secret", "storage secret",
			"webhook secret", Masked, `"hash"`, `"secret"`, `"password_hash"`} {
			require.NotContains(t, string(shown), secret, e.Type())
		}
		var public, whole any
		require.NoError(t, json.Unmarshal(shown, &public))
		stored, err := json.Marshal(e)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(stored, &whole))
		require.Equal(t, withoutSecrets(whole), public, e.Type())
	}
}

// withoutSecrets drops the members that hold secrets in the samples.
func withoutSecrets(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range []string{"hash", "secret", "password_hash", "secret_hash", "callback_key",
			"recovery_codes"} {
			delete(v, name)
		}
		for name := range v {
			v[name] = withoutSecrets(v[name])
		}
	case []any:
		for i := range v {
			v[i] = withoutSecrets(v[i])
		}
	}
	return v
}

func TestPublicKeepsTheOrder(t *testing.T) {
	shown, err := json.Marshal(Public(SigningKeyAdded{SigningKey{ID: "AK1", Secret: "s",
		Permissions: Permissions{Users: "read"}}}))
	require.NoError(t, err)
	require.Equal(t, `{"id":"AK1","permissions":{"users":"read"}}`, string(shown))
	shown, err = json.Marshal(Public(UserCreated{Number: 1, Username: "a", PasswordHash: "p"}))
	require.NoError(t, err)
	require.Equal(t, `{"number":1,"username":"a","email":"","active":false,"state":""}`, string(shown))
	require.Nil(t, Public(nil))
}

func TestTypeOf(t *testing.T) {
	for _, e := range samples() {
		require.IsType(t, e, Event(mustZero(t, e.Type())))
	}
	require.Nil(t, TypeOf("Unknown.v1"))
}

func mustZero(t *testing.T, name string) Event {
	e, err := Unmarshal(name, []byte("{}"))
	require.NoError(t, err)
	require.Equal(t, TypeOf(name), TypeOf(e.Type()))
	return e
}

func BenchmarkPublic(b *testing.B) {
	e := samples()[0]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(Public(e)); err != nil {
			b.Fatal(err)
		}
	}
}
