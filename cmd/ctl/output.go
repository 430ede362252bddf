package ctl

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// printer prints objects in one form.
type printer struct {
	out     io.Writer
	form    string // empty: table for a list, yaml for an object
	columns []string
	chosen  bool // the columns were asked for
	// of the columns of a table whose rows cannot wait for its end; nil: as wide as they must be
	widths []int
	live   bool              // the list has no end
	listed []json.RawMessage // what waits for the end of the list
}

// printer returns a printer for a table of these columns, unless others are asked for.
func (p *program) printer(columns ...string) *printer {
	out := &printer{out: p.stdout, form: p.form, columns: columns}
	if out.chosen = len(p.columns) > 0; out.chosen {
		out.columns, out.form = p.columns, cmp.Or(p.form, formTable)
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

// begin prints the head of a table whose rows come one by one.
func (p *printer) begin() error {
	if p.widths == nil || !p.tabular() {
		return nil
	}
	return p.row(p.head())
}

// tabular reports whether a list is printed as a table.
func (p *printer) tabular() bool { return p.form == formTable || p.form == "" }

// add prints entries of a list in a form that needs no more than them, and keeps them for the end of the list in the
// others.
func (p *printer) add(entries ...json.RawMessage) error {
	switch {
	case p.tabular() && p.widths != nil:
		return p.rows(entries)
	case p.form != formNDJSON && !p.live:
		p.listed = append(p.listed, entries...)
		return nil
	}
	for _, e := range entries {
		if err := p.object(e); err != nil {
			return err
		}
	}
	return nil
}

// end ends a list.
func (p *printer) end() error {
	switch p.form {
	case formNDJSON:
		return nil
	case formTable, "":
		if p.widths != nil {
			return nil
		}
		return p.table(p.listed)
	}
	if p.live {
		return nil
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
