package ctl

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// The forms of output.
const (
	formTable  = "table"
	formNDJSON = "ndjson"
)

func (p *program) events() *cobra.Command {
	var after, limit uint64
	var form, types, user string
	var follow bool
	cmd := &cobra.Command{
		Use: "events", Short: "Print the history of all accounts", Args: cobra.NoArgs,
		Example: "  accountctl events --after 1000\n  accountctl events --follow --type UserCreated,UserDeleted\n  accountctl events -o ndjson | jq .type",
	}
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what happens, until interrupted")
	cmd.Flags().StringVar(&types, "type", "", "print events of these `types` alone")
	cmd.Flags().StringVar(&user, "user", "", "print the events of the user with that `UUID` alone")
	cmd.Flags().Uint64Var(&after, "after", 0, "print what follows on the event of that `sequence`")
	cmd.Flags().Uint64Var(&limit, "limit", 0, "print at most so `many`; 0 is all")
	cmd.Flags().StringVarP(&form, "output", "o", formTable, "`form`: table or ndjson")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if form != formTable && form != formNDJSON {
			return fmt.Errorf("--output: must be table or ndjson, not %q", form)
		}
		p.started = true
		s, err := p.find()
		if err != nil {
			return err
		}
		answer, err := s.get(cmd.Context(), eventsPath(after, limit, follow, map[string]string{"type": types, "user": user}))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return refused(answer)
		}
		return printEvents(p.stdout, answer.Body, form)
	}
	return cmd
}

func eventsPath(after, limit uint64, follow bool, filters map[string]string) string {
	q := url.Values{"after": {strconv.FormatUint(after, 10)}}
	for name, value := range filters {
		if value != "" {
			q.Set(name, value)
		}
	}
	if follow {
		q.Set("follow", "true")
	}
	if limit > 0 {
		q.Set("limit", strconv.FormatUint(limit, 10))
	}
	return "/v1/events?" + q.Encode()
}

// printEvents prints lines as they come.
func printEvents(w io.Writer, lines io.Reader, form string) error {
	out := bufio.NewWriter(w)
	in := bufio.NewReader(lines)
	show := row
	if form == formNDJSON {
		show = func(out io.Writer, line []byte) error { _, err := out.Write(line); return err }
	} else {
		fmt.Fprintf(out, rowForm, "SEQUENCE", "TIME", "TYPE", "SUBJECT", "ACTOR")
	}
	for {
		if in.Buffered() == 0 { // what comes next may take its time
			if err := out.Flush(); err != nil {
				return err
			}
		}
		line, err := in.ReadBytes('\n')
		switch {
		case err == nil && len(line) == 1: // the connection stands
		case err == nil:
			err = show(out, line)
		case errors.Is(err, io.EOF) && len(line) == 0:
			return out.Flush()
		}
		if err != nil {
			return errors.Join(fmt.Errorf("the answer broke off: %w", err), out.Flush())
		}
	}
}

const rowForm = "%-10v  %-20s  %-26s  %-42s  %s\n"

func row(w io.Writer, line []byte) error {
	var e struct {
		Sequence             uint64
		Time                 time.Time
		Type, Subject, Actor string
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, rowForm, e.Sequence, e.Time.UTC().Format(time.RFC3339), e.Type, e.Subject, e.Actor)
	return err
}
