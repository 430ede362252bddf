package rest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode"

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

// TestHalfOfAPairIsNoText holds LoneSurrogate against the library, which reads each half as U+FFFD.
func TestHalfOfAPairIsNoText(t *testing.T) {
	part := rapid.SampledFrom([]string{`\ud83d`, `\uDE00`, `\ud800`, `\udfff`, `\u00e9`, `\\`, `\n`, `ud800`, "a", "é", "\U0001F600"})
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(`"`)
		for _, p := range rapid.SliceOfN(part, 0, 8).Draw(t, "parts") {
			text = append(text, p...)
		}
		text = append(text, '"')
		var read string
		require.NoError(t, json.Unmarshal(text, &read))
		require.Equal(t, strings.ContainsRune(read, unicode.ReplacementChar), LoneSurrogate(text), string(text))
	})
	for _, text := range []string{``, `\`, `"\`, `"\ud83`, `"\ufffd"`, `"\ud83d\uDE00"`} {
		require.False(t, LoneSurrogate([]byte(text)), text)
	}
	for _, text := range []string{`"\ud83d`, `"\ud83d\n"`, `"\ude00\ud83d"`} {
		require.True(t, LoneSurrogate([]byte(text)), text)
	}
}
