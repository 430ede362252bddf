package rest

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestASCIISaysTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[aé€😀"\\]*`)).Draw(t, "s")
		text := NewJSON(8).Open('[').String(s).Close(']').Bytes()
		got := ASCII(text)
		require.Equal(t, -1, strings.IndexFunc(string(got), func(r rune) bool { return r >= utf8.RuneSelf }))
		var said, meant []string
		require.NoError(t, json.Unmarshal(got, &said))
		require.NoError(t, json.Unmarshal(text, &meant))
		require.Equal(t, meant, said)
	})
}

func TestASCII(t *testing.T) {
	require.Equal(t, `{"a":"\u00e9\u20ac\ud83d\ude00 b"}`, string(ASCII([]byte(`{"a":"é€😀 b"}`))))
}
