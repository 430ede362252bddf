package ctl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// columnsOf returns the columns of a resource's table by its last name in the path.
func columnsOf(path string) []string {
	path, _, _ = strings.Cut(path, "?")
	switch path[strings.LastIndex(path, "/")+1:] {
	case "users":
		return []string{"number", "username", "email", "active", "id"}
	case "ssh-keys":
		return []string{"number", "title", "fingerprint"}
	case "api-keys":
		return []string{"id", "kind", "memo", "expires_at", "last_used_at"}
	case "signing-keys":
		return []string{"id", "name", "permissions"}
	case "storage-keys":
		return []string{"kind", "id"}
	case "resources":
		return []string{"kind", "id", "name"}
	case "history":
		return []string{"sequence", "time", "type", "actor"}
	case "groups":
		return []string{"number", "name", "dc_bound", "permissions", "datacenters", "id"}
	case "datacenters":
		return []string{"number", "name", "owner", "public", "groups", "id"}
	case "clients":
		return []string{"id", "name", "timezone", "status"}
	case "applications":
		return []string{"number", "name", "type", "access", "client_id", "app_id", "id"}
	case "webhooks":
		return []string{"number", "url", "types", "enabled", "id"}
	case "deliveries":
		return []string{"sequence", "type", "attempt", "at", "outcome", "status", "next_at"}
	case "subscriptions":
		return []string{"name", "types", "aggregates", "pending", "unacknowledged"}
	case "consents":
		return []string{"application", "name", "given_at"}
	case "mail":
		return []string{"id", "mail", "user", "reason", "attempts", "last_attempt_at"}
	}
	return []string{"id", "name"}
}

// head returns the columns' titles.
func (p *printer) head() []string {
	titles := make([]string, len(p.columns))
	for i, c := range p.columns {
		titles[i] = strings.ToUpper(c)
	}
	return titles
}

// table prints entries in columns as wide as they must be.
func (p *printer) table(entries []json.RawMessage) error {
	lines := [][]string{p.head()}
	for _, e := range entries {
		cells, err := p.cells(e)
		if err != nil {
			return err
		}
		lines = append(lines, cells)
	}
	return aligned(p.out, lines)
}

// aligned prints lines of cells in columns.
func aligned(out io.Writer, lines [][]string) error {
	var text bytes.Buffer
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, cells := range lines {
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	_ = w.Flush() // text takes everything
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// rows prints entries in columns whose widths were set beforehand.
func (p *printer) rows(entries []json.RawMessage) error {
	for _, e := range entries {
		cells, err := p.cells(e)
		if err == nil {
			err = p.row(cells)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) row(cells []string) error {
	for i := range cells[:len(cells)-1] {
		cells[i] = fmt.Sprintf("%-*s", p.widths[i], cells[i])
	}
	_, err := fmt.Fprintln(p.out, strings.TrimRight(strings.Join(cells, "  "), " "))
	return err
}

// cells returns an entry's cells; what stands at null is empty.
func (p *printer) cells(entry json.RawMessage) ([]string, error) {
	var of members
	if err := json.Unmarshal(entry, &of); err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	cells := make([]string, len(p.columns))
	for i, c := range p.columns {
		if _, there := of[strings.SplitN(c, ".", 2)[0]]; !there && p.chosen && !slices.Contains(optional(), c) {
			return nil, misuse{fmt.Errorf("--columns: there is no %q; there are %s", c, strings.Join(of.names(), ", "))}
		}
		cells[i] = cell(of.at(c))
	}
	return cells, nil
}

// optional returns the members that events have or not.
func optional() []string { return []string{"credential", "requestid", "traceparent", "erased", "data"} }

// at returns a value, also one inside an object, as in profile.city.
func (m members) at(path string) json.RawMessage {
	name, inner, deeper := strings.Cut(path, ".")
	if !deeper {
		return m.value(path)
	}
	var of members
	_ = json.Unmarshal(m.value(name), &of) // what is no object has no members
	return of.at(inner)
}

// cell returns a value as it stands in a table: a text without quotes, a list with commas, nothing for null, a time to
// the second, never more than one line, and nothing that a terminal would obey: it is people who name themselves.
func cell(raw json.RawMessage) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, cellText(raw))
}

func cellText(raw json.RawMessage) string {
	var texts []string
	if json.Unmarshal(raw, &texts) == nil && texts != nil {
		return strings.Join(texts, ",")
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return strings.Join(strings.Fields(string(raw)), " ")
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UTC().Format(time.RFC3339)
	}
	return strings.Join(strings.Fields(text), " ")
}
