package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	s := Secret("hunter2")
	for _, format := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		require.NotContains(t, fmt.Sprintf(format, s), "hunter2", format)
		require.NotContains(t, fmt.Sprintf(format, SigningKey{Secret: s}), "hunter2", format)
		require.NotContains(t, fmt.Sprintf(format, []Secret{s}), "hunter2", format)
	}
	var line bytes.Buffer
	slog.New(slog.NewJSONHandler(&line, nil)).Info("x", "secret", s)
	require.NotContains(t, line.String(), "hunter2")
	require.Equal(t, "hunter2", s.Reveal())
	require.Empty(t, Secret("").String())
}

// TestMask hides every secret of every sample, and leaves the sample as it is.
func TestMask(t *testing.T) {
	for i, e := range samples() {
		secrets := secretsIn(reflect.ValueOf(e))
		masked, err := json.Marshal(Mask(e))
		require.NoError(t, err)
		for _, s := range secrets {
			require.NotContains(t, string(masked), s.Reveal(), e.Type())
		}
		if len(secrets) > 0 {
			require.Contains(t, string(masked), Masked, e.Type())
		} else {
			require.Equal(t, e, Mask(e))
		}
		require.Equal(t, samples()[i], e)
	}
	require.Nil(t, Mask(nil))
	require.Equal(t, PasswordChanged{}, Mask(PasswordChanged{}))
}

// secretsIn finds secrets on its own, wherever an Event may hold one.
func secretsIn(v reflect.Value) (found []Secret) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			found = append(found, secretsIn(v.Field(i))...)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			found = append(found, secretsIn(v.Index(i))...)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			found = secretsIn(v.Elem())
		}
	case reflect.Map:
		panic("Mask knows no maps")
	case reflect.String:
		if v.Type() == secretType {
			found = []Secret{Secret(v.String())}
		}
	}
	return found
}
