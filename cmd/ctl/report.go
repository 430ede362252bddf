package ctl

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// status is how a service is. What is not told is null.
type status struct {
	URL               string   `json:"url"`
	Time              string   `json:"time"`
	Ready             bool     `json:"ready"`
	Checks            []check  `json:"checks"`
	Version           string   `json:"version"`
	Revision          string   `json:"revision"`
	Go                string   `json:"go"`
	UptimeSeconds     *uint64  `json:"uptime_seconds"`
	Users             *uint64  `json:"users"`
	LogPosition       *uint64  `json:"log_position"`
	ViewPosition      *uint64  `json:"view_position"`
	ViewLag           *uint64  `json:"view_lag"`
	FeedPosition      *uint64  `json:"feed_position"`
	EventsPerSecond   *float64 `json:"events_per_second"`
	RequestsPerSecond *float64 `json:"requests_per_second"`
}

// check is one condition of being ready.
type check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// status asks whether the service is ready, and says what the figures of two moments say.
func (s service) status(ctx context.Context, then, now figures) (status, error) {
	answer, err := s.get(ctx, "/readyz?verbose")
	if err != nil {
		return status{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return status{}, fmt.Errorf("the answer broke off: %w", err)
	}
	out := status{
		URL: s.url, Time: time.Now().UTC().Format(time.RFC3339), Ready: answer.StatusCode == http.StatusOK,
		Checks:  checksOf(string(text)),
		Version: now.build["version"], Revision: now.build["revision"], Go: now.build["go"],
		Users: now.count("accountd_users"), LogPosition: now.count("accountd_log_position"),
		ViewPosition: now.count("accountd_view_position"),
		ViewLag:      now.count("accountd_view_lag_records"), FeedPosition: now.count("accountd_feed_position"),
		EventsPerSecond:   now.rate(then, "accountd_log_position"),
		RequestsPerSecond: now.rate(then, "accountd_http_requests_total"),
	}
	if began := now.values["process_start_time_seconds"]; began > 0 && !now.date.IsZero() {
		up := uint64(max(0, now.date.Sub(time.Unix(0, int64(began*1e9))).Seconds()))
		out.UptimeSeconds = &up
	}
	return out, nil
}

// checksOf reads lines such as "[+]replay ok" and "[-]replay: position 1 of 2".
func checksOf(text string) (out []check) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "[+]"); ok {
			out = append(out, check{Name: strings.TrimSuffix(name, " ok"), OK: true})
		} else if name, ok := strings.CutPrefix(line, "[-]"); ok {
			name, detail, _ := strings.Cut(name, ": ")
			out = append(out, check{Name: name, Detail: detail})
		}
	}
	return out
}

// lines returns names and values of what is told, for people.
func (s status) lines() [][]string {
	lines := [][]string{{"service", s.URL}, {"health", "ready"}}
	if !s.Ready {
		lines[1][1] = "not ready"
	}
	for _, c := range s.Checks {
		if !c.OK {
			lines = append(lines, []string{"", c.Name + ": " + c.Detail})
		}
	}
	if s.Version != "" {
		lines = append(lines, []string{"version",
			fmt.Sprintf("%s (%s)", s.Version, strings.TrimPrefix(s.Revision+", "+s.Go, ", "))})
	}
	if s.UptimeSeconds != nil {
		lines = append(lines, []string{"up", (time.Duration(*s.UptimeSeconds) * time.Second).String()})
	}
	lines = appendTold(lines, "users", "%d", s.Users)
	lines = appendTold(lines, "log", "%d", s.LogPosition)
	lines = appendTold(lines, "view", "%d"+s.behind(s.ViewPosition), s.ViewPosition)
	lines = appendTold(lines, "feed", "%d"+s.behind(s.FeedPosition), s.FeedPosition)
	lines = appendTold(lines, "events", "%g a second", s.EventsPerSecond)
	return appendTold(lines, "requests", "%g a second", s.RequestsPerSecond)
}

// appendTold appends a line unless its value is not told.
func appendTold[T any](lines [][]string, name, form string, value *T) [][]string {
	if value == nil {
		return lines
	}
	return append(lines, []string{name, fmt.Sprintf(form, *value)})
}

// behind says how far a position is behind the log.
func (s status) behind(position *uint64) string {
	if s.LogPosition == nil || position == nil {
		return ""
	}
	return fmt.Sprintf(", %d behind", *s.LogPosition-min(*position, *s.LogPosition))
}
