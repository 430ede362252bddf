package ctl

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const someFigures = `# HELP accountd_build_info What runs.
# TYPE accountd_build_info gauge
accountd_build_info{go="go1.26.0",revision="",version="v1.2 {\"x\"}"} 1
accountd_http_requests_total{code="200",dialect="",method="GET",route="/metrics"} 1000
accountd_http_requests_total{code="200",dialect="native",method="GET",route="/v1/users/{id}"} 10
accountd_http_requests_total{code="201",dialect="e24",method="PUT",route="/v2/accounts"} 5
accountd_log_position 1.5e+06
accountd_view_position 1.499998e+06
accountd_feed_position 1.49999e+06
accountd_view_lag_records 2
accountd_users 40
process_start_time_seconds 1.7e+09
nonsense
`

func TestFigures(t *testing.T) {
	then, err := readFigures(strings.NewReader(someFigures))
	require.NoError(t, err)
	require.Equal(t, `v1.2 {"x"}`, then.build["version"])
	require.Equal(t, 15.0, then.values["accountd_http_requests_total"], "without what watches the service")
	require.Equal(t, uint64(1_500_000), *then.count("accountd_log_position"))
	require.Nil(t, then.count("nope"))

	now, err := readFigures(strings.NewReader(strings.Replace(someFigures, "1.5e+06", "1500003", 1)))
	require.NoError(t, err)
	now.at = then.at.Add(2 * time.Second)
	require.Equal(t, 1.5, *now.rate(then, "accountd_log_position"))
	require.Equal(t, 0.0, *now.rate(then, "accountd_users"))
	require.Nil(t, now.rate(then, "nope"))
	require.Nil(t, then.rate(now, "accountd_log_position"), "it began anew")
	require.Nil(t, then.rate(then, "accountd_log_position"), "no time has passed")
}

func TestStatusForPeople(t *testing.T) {
	f, err := readFigures(strings.NewReader(someFigures))
	require.NoError(t, err)
	f.date = time.Unix(1_700_003_723, 0)
	s := newService(t, 503, "[+]accepting ok\n[-]replay: position 1 of 2\nnot ready\n")
	is, err := service{url: s.URL}.status(t.Context(), f, f)
	require.NoError(t, err)
	is.URL = "http://accounts"
	rate := 12.5
	is.EventsPerSecond = &rate
	var out bytes.Buffer
	require.NoError(t, aligned(&out, is.lines()))
	require.Equal(t, `service  http://accounts
health   not ready
         replay: position 1 of 2
version  v1.2 {"x"} (go1.26.0)
up       1h2m3s
users    40
log      1500000
view     1499998, 2 behind
feed     1499990, 10 behind
events   12.5 a second
`, out.String())
}

func TestStatusOfNobody(t *testing.T) {
	s := newService(t, 404, "")
	code, out, errs := run(nil, "status", "--url", s.URL)
	require.Equal(t, 1, code)
	require.Equal(t, "service  "+s.URL+"\nhealth   not ready\n", out)
	require.Contains(t, errs, "no metrics: the service answered 404")
	require.Contains(t, errs, "the service is not ready")
	s.Close()
	code, out, errs = run(nil, "status", "--url", s.URL)
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, errs, "no answer from "+s.URL)
	code, _, _ = run(nil, "status", "--url", s.URL, "--watch", "--interval", "0")
	require.Equal(t, 2, code)
}

// TestStatusOfAService asks a real one, while users are made.
func TestStatusOfAService(t *testing.T) {
	w := newWorld(t)
	var is status
	require.NoError(t, json.Unmarshal([]byte(w.must("status", "-o", "json", "--interval", "0")), &is))
	require.True(t, is.Ready)
	require.Equal(t, []uint64{6, 6, 0, 1}, []uint64{*is.LogPosition, *is.ViewPosition, *is.ViewLag, *is.Users})
	require.NotEmpty(t, is.Version)
	require.Nil(t, is.EventsPerSecond)
	require.Equal(t, "VIEW_LAG\n0\n", w.must("status", "--columns", "view_lag", "--interval", "0"))

	var out bytes.Buffer
	c := &statusCall{program: &program{data: w.data, stdout: &out, form: formNDJSON}, interval: time.Second}
	waits := 0
	c.wait = func(context.Context, time.Duration) error {
		if waits++; waits == 3 {
			return errors.New("interrupted")
		}
		w.must("create", "users", "first_name=Ann", "email=ann"+strings.Repeat("n", waits)+"@example.org")
		return nil
	}
	s, err := c.find()
	require.NoError(t, err)
	require.NoError(t, c.watching(t.Context(), s))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	for i, line := range lines {
		require.NoError(t, json.Unmarshal([]byte(line), &is))
		require.Equal(t, uint64(7+i), *is.LogPosition)
		require.NotNil(t, is.EventsPerSecond)
		require.NotNil(t, is.RequestsPerSecond)
	}
}

// TestWatchGoesOn loses the service, which comes back.
func TestWatchGoesOn(t *testing.T) {
	var errs, out bytes.Buffer
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write([]byte(someFigures))
	}))
	defer s.Close()
	waits := 0
	c := &statusCall{program: &program{stdout: &out, stderr: &errs}, interval: time.Second,
		wait: func(context.Context, time.Duration) error {
			if waits++; waits == 3 {
				return errors.New("interrupted")
			}
			return nil
		}}
	require.NoError(t, c.watching(t.Context(), service{url: s.URL}))
	require.Contains(t, errs.String(), "503")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	require.Equal(t, []string{"TIME", "READY", "USERS", "LOG_POSITION", "VIEW_LAG", "EVENTS_PER_SECOND",
		"REQUESTS_PER_SECOND"}, strings.Fields(lines[0]))
	require.Equal(t, []string{"true", "40", "1500000", "2", "0", "0"}, strings.Fields(lines[1])[1:])
}

func FuzzFigures(f *testing.F) {
	f.Add(someFigures)
	f.Add("{} 1\n}{ 2\n a")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := readFigures(strings.NewReader(text))
		if err == nil {
			require.NotContains(t, got.values, "#")
		}
	})
}
