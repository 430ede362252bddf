package ctl

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// figures are the service's metrics at one moment.
type figures struct {
	values map[string]float64 // by name; those of several routes are added up, without those that watch the service
	build  map[string]string  // what runs
	at     time.Time          // by our clock
	date   time.Time          // by the service's, to the second
}

// figures asks for the metrics.
func (s service) figures(ctx context.Context) (figures, error) {
	answer, err := s.get(ctx, "/metrics")
	if err != nil {
		return figures{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return figures{}, refused(answer)
	}
	f, err := readFigures(answer.Body)
	f.at = time.Now()
	f.date, _ = http.ParseTime(answer.Header.Get("Date")) // without it there is no uptime
	return f, err
}

// label is a label of a metric, in the text form of Prometheus.
var label = regexp.MustCompile(`(\w+)=("(?:[^"\\]|\\.)*")`)

// readFigures reads the text form of Prometheus.
func readFigures(r io.Reader) (figures, error) {
	f := figures{values: map[string]float64{}, build: map[string]string{}}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, labels, value, ok := sample(lines.Text())
		switch {
		case !ok:
		case name == "accountd_build_info":
			for _, l := range label.FindAllStringSubmatch(labels, -1) {
				f.build[l[1]], _ = strconv.Unquote(l[2]) // it is quoted
			}
		case !strings.Contains(labels, `dialect=""`):
			f.values[name] += value
		}
	}
	if err := lines.Err(); err != nil {
		return f, fmt.Errorf("reading the metrics: %w", err)
	}
	return f, nil
}

// sample takes a line apart; ok is false for one that has no value.
func sample(line string) (name, labels string, value float64, ok bool) {
	before, text, found := strings.Cut(line, " ")
	if end := strings.LastIndexByte(line, '}'); end >= 0 {
		before, text, found = line[:end+1], strings.TrimSpace(line[end+1:]), true
	}
	if !found || strings.HasPrefix(line, "#") {
		return "", "", 0, false
	}
	name, labels, _ = strings.Cut(before, "{")
	value, err := strconv.ParseFloat(text, 64)
	return name, labels, value, err == nil
}

// count returns a figure that is a whole number, nil when it is not told.
func (f figures) count(name string) *uint64 {
	value, told := f.values[name]
	if !told || value < 0 {
		return nil
	}
	n := uint64(value)
	return &n
}

// rate returns how much a figure grew a second since then, to a tenth, nil when it is not told, or began anew.
func (f figures) rate(then figures, name string) *float64 {
	now, told := f.values[name]
	before := then.values[name]
	took := f.at.Sub(then.at).Seconds()
	if !told || now < before || took <= 0 {
		return nil
	}
	rate := math.Round((now-before)/took*10) / 10
	return &rate
}
