package ctl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHistory(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "email=ann@example.org", "first_name=Ann")
	for i := range 3 {
		w.must("set", "users/ann", fmt.Sprintf("phone=%d", i))
	}
	w.must("set", "users/ann", "active:=false")

	require.Equal(t, []string{"SEQUENCE", "ACTOR", "FIELD", "BEFORE", "AFTER", "8", "admin", "phone", "0"},
		strings.Fields(w.must("history", "ann", "--after", "7", "--before", "9", "--columns",
			"sequence,actor,field,before,after")))
	sequences := strings.Fields(w.must("history", "ann", "--limit", "2", "--columns", "sequence"))
	require.Equal(t, []string{"SEQUENCE", "11", "10"}, sequences)
	oldest := w.must("history", "ann@example.org", "--oldest-first", "--limit", "1", "-o", "ndjson")
	require.Contains(t, oldest, `{"sequence":7,`)
	require.Equal(t, 1, strings.Count(oldest, "\n"))

	require.Contains(t, w.must("history", "ann", "--at", "9"), `phone: "1"`)
	code, _, errs := w.ctl("history", "ann", "--at", "6")
	require.Equal(t, 1, code)
	require.Contains(t, errs, `there is no user whose username is "ann"; for a deleted user give the UUID`)
	for _, wrong := range [][]string{{"--at", "soon"}, {"--at", "9", "--limit", "1"}, {"--columns", "nope"}} {
		code, _, _ = w.ctl(append([]string{"history", "ann"}, wrong...)...)
		require.Equal(t, 2, code, wrong)
	}
}

// TestHistoryOfManyPages has more entries than a page.
func TestHistoryOfManyPages(t *testing.T) {
	entries := func(from, to int) string {
		var all []string
		for i := from; i < to; i++ {
			all = append(all, fmt.Sprintf(`{"sequence":%d,"time":"2030-01-02T03:04:05Z","type":"UserDisabled.v1","actor":"system","changes":[]}`, i))
		}
		return `{"data":[` + strings.Join(all, ",") + `]}`
	}
	s := newService(t, 200, "")
	s.pages = map[string]string{"": entries(1, 201), "200": entries(201, 301)}
	const ann = "01890a5d-ac96-774b-bcce-b302099a8057"
	for limit, want := range map[string]int{"0": 300, "250": 250, "200": 200, "7": 7} {
		code, out, errs := run(nil, "history", ann, "--url", s.URL, "--columns", "sequence", "--limit", limit)
		require.Zero(t, code, errs)
		lines := strings.Fields(out)
		require.Len(t, lines, want+1)
		require.Equal(t, fmt.Sprint(want), lines[want])
	}
}
