package ctl

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSessions has an administrator, and ann herself, look where she is logged in, and end it.
func TestSessions(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "username=ann", "email=ann@example.org", "password=correct horse")
	ann := person{t, t.TempDir()}
	t.Chdir(t.TempDir()) // there is no ./data
	for _, profile := range []string{"first", "second", "third"} {
		code, _, errs := ann.types("correct horse\n", "log-in", "ann", "--url", w.url, "--profile", profile)
		require.Zero(t, code, errs)
	}
	acts := func(profile string) bool {
		code, _, _ := ann.types("", "list", "users", "--profile", profile)
		return code == 0
	}
	type session struct {
		ID, Kind  string
		Current   bool
		UserAgent string `json:"user_agent"`
	}
	listed := func(out string) (all []session) {
		for line := range strings.Lines(out) {
			var s session
			require.NoError(t, json.Unmarshal([]byte(line), &s))
			require.Equal(t, "native", s.Kind)
			require.Contains(t, s.UserAgent, "Go-http-client")
			all = append(all, s)
		}
		return all
	}
	_, out, errs := ann.types("", "sessions", "ann", "--profile", "second", "-o", "ndjson")
	own := listed(out)
	require.Len(t, own, 3, errs)
	require.Equal(t, []bool{false, true, false}, []bool{own[0].Current, own[1].Current, own[2].Current},
		"the newest first")
	table := w.must("sessions", "ann")
	require.Equal(t, []string{"ID", "KIND", "CREATED_AT", "LAST_USED_AT", "ADDRESS", "SECOND_FACTOR"},
		strings.Fields(table)[:6])
	require.Contains(t, table, "127.0.0.1")

	require.Empty(t, w.must("sessions", "end", "ann", own[1].ID))
	require.Equal(t, []bool{true, false, true}, []bool{acts("first"), acts("second"), acts("third")})
	code, _, errs := ann.types("", "sessions", "end", "ann", own[1].ID, "--profile", "first")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "the session "+own[1].ID)
	code, _, errs = ann.types("", "sessions", "end", "ann", "--keep-current", "--profile", "first")
	require.Zero(t, code, errs)
	require.Equal(t, []bool{true, false}, []bool{acts("first"), acts("third")})
	w.must("sessions", "end", "ann")
	require.False(t, acts("first"))
	require.Len(t, strings.Split(strings.TrimSpace(w.must("sessions", "ann")), "\n"), 1, "the head of the table alone")
	code, _, errs = ann.types("", "sessions", "end", "ann", own[0].ID, "--keep-current", "--profile", "first")
	require.Equal(t, 2, code, errs)
}
