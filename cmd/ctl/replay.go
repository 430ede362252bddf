package ctl

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"accountd/events"
	"accountd/events/audit"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/http/native"
	"accountd/projections"
)

func (a *auditing) replayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "replay [RESOURCE]", Short: "Rebuild the state as of any time from the records alone", Args: words(0, 1),
		Example: `  accountctl audit replay --data /var/lib/accountd --at 2026-05-01T00:00:00Z
  accountctl audit replay --export log-and-keys.ndjson --master-key-file master.key -o json
  accountctl audit replay clients --diff 100,200`,
		ValidArgs: native.Replayable(),
		Long: "Rebuild the state as of any time from the records alone, and print a resource (default users).\n\n" +
			auditHelp + `

An export must have been made with --keys. What was erased stays erased.

` + momentHelp,
	}
	var diff []string
	cmd.Flags().StringVar(&a.export, "export", "", "the `file` of an export with keys; - is stdin")
	cmd.Flags().StringVar(&a.masterKey, "master-key-file", "",
		"the `file` of the master key (default master.key in the data folder)")
	cmd.Flags().StringVar(&a.at, "at", "", "the `time` of the state (default the log's end)")
	cmd.Flags().StringSliceVar(&diff, "diff", nil, "print the differences between two `times`, A,B")
	a.tables(cmd, formTable, formJSON, formYAML, formNDJSON)
	cmd.MarkFlagsMutuallyExclusive("at", "diff")
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		resource := cmp.Or(strings.Join(words, ""), "users")
		moments, err := momentsOf(a.at, diff)
		if err == nil && !slices.Contains(native.Replayable(), resource) {
			err = fmt.Errorf("%q cannot be replayed; there are %s", resource, strings.Join(native.Replayable(), ", "))
		}
		if err != nil {
			return err
		}
		a.started = true
		master, err := a.master()
		if err != nil {
			return err
		}
		a.keys = true
		in, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer in.Close()
		states, err := a.replay(in, master, moments, resource)
		if err != nil {
			return in.broken(err)
		}
		if len(states) == 2 {
			return a.printDiff(states[0], states[1])
		}
		return a.printState(resource, states[0])
	}
	return cmd
}

// master reads the master key.
func (a *auditing) master() (*seal.Master, error) {
	if a.masterKey != "" {
		return seal.LoadMaster(a.masterKey)
	}
	if key := a.env("ACCOUNTD_MASTER_KEY"); key != "" {
		return seal.ParseMaster(key)
	}
	return seal.LoadMaster(filepath.Join(cmp.Or(a.data, defaultData), "master.key"))
}

// moment is a place in the log, given as a sequence or a time.
type moment struct {
	sequence uint64
	time     time.Time // zero: the sequence counts
}

func momentsOf(at string, diff []string) (out []moment, err error) {
	texts := diff
	switch len(diff) {
	case 0:
		texts = []string{at}
	case 2:
	default:
		return nil, errors.New("--diff: takes two times, with a comma between them")
	}
	for _, text := range texts {
		m := moment{sequence: math.MaxUint64}
		if text != "" {
			if text, err = parseMoment(text, time.Now()); err != nil {
				return nil, err
			}
			if m.sequence, err = strconv.ParseUint(text, 10, 64); err != nil {
				m.time, _ = time.Parse(time.RFC3339Nano, text) // it is one or the other
			}
		}
		out = append(out, m)
	}
	return out, nil
}

// before reports whether the moment lies before the record.
func (m moment) before(r events.Record) bool {
	if m.time.IsZero() {
		return m.sequence < r.Sequence
	}
	return m.time.Before(r.Time)
}

// replay returns the resource's objects at the moments, by id. The log is verified on the way.
func (a *auditing) replay(in *export, master *seal.Master, moments []moment, resource string) (out [][]json.RawMessage,
	err error) {
	e, err := audit.ReadExport(in)
	if err != nil {
		return nil, err
	}
	bar := newProgress(a.stderr, "records", 0)
	defer bar.clear()
	r := replaying{opener: eventlog.NewOpener(master), verifier: audit.NewVerifier(),
		views: make([]*projections.View, len(moments)), moments: moments}
	for i := range r.views {
		r.views[i] = projections.NewView()
	}
	err = e.Each(func(s eventlog.Stored) error { bar.records(s.Sequence, e.Header.Records); return r.add(s) },
		r.opener.Add)
	if errors.Is(err, eventlog.ErrLostKeys) {
		err = fmt.Errorf("%w: the export was made without --keys", err)
	}
	if err != nil {
		return nil, err
	}
	for _, v := range r.views {
		v.Open()
		objects, err := native.Replay(v, resource)
		if err != nil {
			return nil, err
		}
		out = append(out, objects)
	}
	return out, nil
}

// replaying folds a log into one view for each moment.
type replaying struct {
	opener   *eventlog.Opener
	verifier *audit.Verifier
	views    []*projections.View
	moments  []moment
}

func (r *replaying) add(s eventlog.Stored) error {
	if err := r.verifier.Add(s); err != nil {
		return err
	}
	record, err := r.opener.Open(s)
	if err != nil {
		return err
	}
	for i, m := range r.moments {
		if m.before(record) {
			continue
		}
		if err := r.views[i].Apply([]events.Record{record}); err != nil {
			return err
		}
	}
	return nil
}

func (a *auditing) printState(resource string, objects []json.RawMessage) error {
	out := a.printer(columnsOf(resource)...)
	if err := out.add(objects...); err != nil {
		return err
	}
	return out.end()
}

// change is what became of one member of an object.
type change struct {
	ID     string          `json:"id"`
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// printDiff prints every member that differs.
func (a *auditing) printDiff(before, after []json.RawMessage) error {
	old, err := byID(before)
	if err != nil {
		return err
	}
	now, err := byID(after)
	if err != nil {
		return err
	}
	out := a.printer("id", "field", "before", "after")
	for _, id := range slices.Sorted(maps.Keys(union(old, now))) {
		for _, c := range changes(id, old[id], now[id]) {
			line, err := json.Marshal(c)
			if err != nil {
				return err
			}
			if err := out.add(line); err != nil {
				return err
			}
		}
	}
	return out.end()
}

func byID(objects []json.RawMessage) (map[string]members, error) {
	out := map[string]members{}
	for _, object := range objects {
		var m members
		if err := json.Unmarshal(object, &m); err != nil {
			return nil, err
		}
		out[strings.Trim(string(m["id"]), `"`)] = m
	}
	return out, nil
}

func union[V any](a, b map[string]V) map[string]V {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// changes returns the members that differ, by name. An object that came or went differs in all that it has.
func changes(id string, before, after members) (out []change) {
	names := maps.Clone(before)
	if names == nil {
		names = members{}
	}
	maps.Copy(names, after)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if b, a := before.value(name), after.value(name); name != "id" && !bytes.Equal(b, a) {
			out = append(out, change{ID: id, Field: name, Before: b, After: a})
		}
	}
	return out
}
