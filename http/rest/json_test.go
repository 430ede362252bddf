package rest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestJSONStringIsWhatTheLibraryWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~\x{2028}é<&]*`)).Draw(t, "s")
		if rapid.Bool().Draw(t, "broken") {
			s += "\xff\xc0"
		}
		want, err := json.Marshal(s)
		require.NoError(t, err)
		require.Equal(t, string(want), string(NewJSON(8).String(s).Bytes()))
	})
}

func TestJSON(t *testing.T) {
	j := NewJSON(8)
	j.Open('{').Key("a").Open('[').Int(1).Int(-2).Close(']').Key("b").Open('{').Close('}').Key("c").Bool(true).
		Key("d").StringOrNull("").Key("e").StringOrNull("x,").Key("f").Time(time.Date(2026, 6, 1, 10, 0, 0, 5000,
		time.FixedZone("", 3600))).
		Key("g").Open('[').Open('{').Close('}').Open('{').Close('}').Close(']').Key("h").Raw(`{"raw":1}`).Close('}')
	require.Equal(t, `{"a":[1,-2],"b":{},"c":true,"d":null,"e":"x,","f":"2026-06-01T09:00:00.000005Z","g":[{},{}],"h":{"raw":1}}`, string(j.Bytes()))
}
