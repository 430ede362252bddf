package ctl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"
)

const (
	formJSON = "json"
	formYAML = "yaml"
)

func checkForm(form string) error {
	if !slices.Contains([]string{"", formTable, formJSON, formYAML, formNDJSON}, form) {
		return fmt.Errorf("--output: must be table, json, yaml or ndjson, not %q", form)
	}
	return nil
}

// printer prints objects of a resource in one form.
type printer struct {
	out     io.Writer
	form    string // empty: table for a list, yaml for an object
	columns []string
	listed  []json.RawMessage // what waits for the end of the list
}

func (p *program) printer(path string) *printer {
	out := &printer{out: p.stdout, form: p.form, columns: p.columns}
	if len(out.columns) == 0 {
		out.columns = columnsOf(path)
	}
	return out
}

// object prints one object, nothing when there is none.
func (p *printer) object(raw json.RawMessage) error {
	switch {
	case len(raw) == 0:
		return nil
	case p.form == formNDJSON:
		return p.line(raw)
	case p.form == formJSON:
		return p.indented(raw)
	case p.form == formTable:
		return p.table([]json.RawMessage{raw})
	}
	return p.yaml(raw)
}

// add prints entries of a list in a form of one line each, and keeps them for the end of the list in the others.
func (p *printer) add(entries []json.RawMessage) error {
	if p.form != formNDJSON {
		p.listed = append(p.listed, entries...)
		return nil
	}
	for _, e := range entries {
		if err := p.line(e); err != nil {
			return err
		}
	}
	return nil
}

func (p *printer) end() error {
	switch p.form {
	case formNDJSON:
		return nil
	case formTable, "":
		return p.table(p.listed)
	}
	all, err := json.Marshal(append([]json.RawMessage{}, p.listed...))
	if err != nil {
		return err
	}
	return p.object(all)
}

func (p *printer) line(raw json.RawMessage) error {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, out.String())
	return err
}

func (p *printer) indented(raw json.RawMessage) error {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, out.String())
	return err
}

// yaml prints JSON, which is YAML, in YAML's own style, members in their order.
func (p *printer) yaml(raw json.RawMessage) error {
	var node yaml.Node
	if err := yaml.Unmarshal(raw, &node); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	plain(&node)
	out := yaml.NewEncoder(p.out)
	out.SetIndent(2)
	return errors.Join(out.Encode(&node), out.Close())
}

// plain takes the style of JSON off, but for empty lists and objects, which have no other.
func plain(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode && n.Kind != yaml.MappingNode || len(n.Content) > 0 {
		n.Style = 0
	}
	for _, c := range n.Content {
		plain(c)
	}
}

// columnsOf returns the columns of a resource's table by its last name in the path.
func columnsOf(path string) []string {
	switch name, _, _ := strings.Cut(path[strings.LastIndex(path, "/")+1:], "?"); name {
	case "users":
		return []string{"number", "username", "email", "active", "id"}
	case "ssh-keys":
		return []string{"number", "title", "fingerprint"}
	case "api-keys":
		return []string{"id", "kind", "memo", "expires_at", "last_used_at"}
	case "signing-keys":
		return []string{"id"}
	case "resources":
		return []string{"kind", "id", "name"}
	case "history":
		return []string{"sequence", "time", "type", "actor"}
	}
	return []string{"id", "name"}
}

// table prints entries in columns; what an entry lacks is empty.
func (p *printer) table(entries []json.RawMessage) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.ToUpper(strings.Join(p.columns, "\t")))
	for _, e := range entries {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(e, &members); err != nil {
			return fmt.Errorf("reading the answer: %w", err)
		}
		cells := make([]string, len(p.columns))
		for i, c := range p.columns {
			cells[i] = cell(members[c])
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// cell returns a value as it stands in a table: a text without quotes, nothing for null, and never more than one line.
func cell(raw json.RawMessage) string {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil && string(raw) != "null" {
		text = string(raw)
	}
	return strings.Join(strings.Fields(text), " ")
}
