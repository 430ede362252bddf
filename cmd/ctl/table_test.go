package ctl

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCells(t *testing.T) {
	for raw, want := range map[string]string{
		`null`: "", `"a b"`: "a b", `"a\n\tb  c"`: "a b c", `7`: "7", `true`: "true", `["a","b"]`: "a,b", `[]`: "",
		`[1,2]`:    "[1,2]",
		`{"a": 1}`: `{"a": 1}`, `"2030-01-02T04:04:05.678901+01:00"`: "2030-01-02T03:04:05Z",
		`"2030-01-02"`:          "2030-01-02",
		`"\u001b[31mred\u0007"`: "\ufffd[31mred\ufffd", `["\u009b2J"]`: "\ufffd2J", `"abc\u202egnp"`: "abc\ufffdgnp",
		`"Žofie"`: "Žofie",
	} {
		require.Equal(t, want, cell(json.RawMessage(raw)), raw)
	}
}

func TestColumns(t *testing.T) {
	entry := json.RawMessage(`{"a":"x","b":{"c":{"d":1}},"e":null}`)
	var out bytes.Buffer
	p := &printer{out: &out, form: formTable, columns: []string{"a", "b.c.d", "e", "e.f", "b.nope"}, chosen: true}
	require.NoError(t, p.table([]json.RawMessage{entry}))
	require.Equal(t, "A  B.C.D  E  E.F  B.NOPE\nx  1\n", out.String())
	p.columns = []string{"z"}
	require.ErrorAs(t, p.table([]json.RawMessage{entry}), new(misuse))
	p.chosen = false
	require.NoError(t, p.table([]json.RawMessage{entry}), "a default column may be missing")
}

func FuzzCell(f *testing.F) {
	for _, raw := range []string{`null`, `"a\nb"`, `["a","\u001b"]`, `{"a":"` + "\x1b" + `"}`, `x`, ""} {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		require.NotRegexp(t, `[\x00-\x1f\x7f-\x{9f}]`, cell(raw))
	})
}
