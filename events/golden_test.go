package events

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(typ string) string { return filepath.Join("testdata", typ+".json") }

// TestGolden keeps every type readable for ever: what is in its file is what the sample is written as and read from.
func TestGolden(t *testing.T) {
	for _, want := range samples() {
		t.Run(want.Type(), func(t *testing.T) {
			written, err := json.Marshal(want)
			require.NoError(t, err)
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(golden(want.Type()), append(written, '\n'), 0o644))
			}
			file, err := os.ReadFile(golden(want.Type()))
			require.NoError(t, err)
			stored := strings.TrimSuffix(string(file), "\n")
			require.Equal(t, stored, string(written))
			read, err := Unmarshal(want.Type(), []byte(stored))
			require.NoError(t, err)
			require.Equal(t, want, read)
		})
	}
}

// TestEveryTypeIsKept fails for a type without a sample or a golden file, and for a golden file without a type.
func TestEveryTypeIsKept(t *testing.T) {
	var sampled []string
	for _, e := range samples() {
		sampled = append(sampled, e.Type())
	}
	require.ElementsMatch(t, Types(), sampled)
	files, err := filepath.Glob(golden("*"))
	require.NoError(t, err)
	var kept []string
	for _, file := range files {
		kept = append(kept, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	require.ElementsMatch(t, Types(), kept)
}

// TestSamplesSetEveryField keeps the golden files whole: a field that no sample sets would not be in them.
func TestSamplesSetEveryField(t *testing.T) {
	for _, e := range samples() {
		requireSet(t, reflect.ValueOf(e), e.Type())
	}
}

func requireSet(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	switch {
	case v.Kind() == reflect.Struct && v.Type().PkgPath() == reflect.TypeFor[UserCreated]().PkgPath():
		for i := range v.NumField() {
			requireSet(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	case v.Kind() == reflect.Slice && v.Len() > 0:
		requireSet(t, v.Index(0), path+"[0]")
	case v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct:
		requireSet(t, v.Elem(), path)
	default:
		require.False(t, v.IsZero(), path)
	}
}

func TestUnmarshalUnknownType(t *testing.T) {
	_, err := Unmarshal("UserCreated.v9", []byte("{}"))
	require.ErrorIs(t, err, UnknownTypeError{Name: "UserCreated.v9"})
	require.False(t, Known("UserCreated.v9"))
}

func TestUnmarshalBadJSON(t *testing.T) {
	_, err := Unmarshal("UserErased.v1", []byte("{"))
	require.Error(t, err)
}

func TestAssigned(t *testing.T) {
	require.Equal(t, Number{Kind: UserNumber, Value: 17}, UserCreated{Number: 17}.Assigned())
	require.Equal(t, Number{Kind: SSHKeyNumber, Value: 5}, SSHKeyAdded{Number: 5}.Assigned())
}
