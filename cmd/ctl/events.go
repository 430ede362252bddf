package ctl

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"accountd/events"
)

const eventsHelp = `An event has the fields sequence, time, type, subject, actor, credential, requestid, id and data,
such as data.username; secrets are masked. This requires the permission audit.

` + momentHelp

// eventsCall is what the commands that print events are called with.
type eventsCall struct {
	*program
	types              []string
	user               string
	since, until       momentFlag
	after, limit, last uint64
	follow             bool
	newest             bool // begin with the newest
	pause              func(ctx context.Context, failures int) error
}

func (p *program) events() *cobra.Command {
	cmd := p.eventsCommand("events", "Print the history of all accounts", (*eventsCall).list)
	cmd.Example = "  accountctl events --after 1000\n  accountctl events --since 36h --type " +
		"UserCreated,UserDeleted\n  accountctl events -o ndjson | jq .type\n  accountctl events tail"
	list := p.eventsCommand("list", "Print past events, like accountctl events", (*eventsCall).list)
	list.Example = "  accountctl events list --user ann\n  accountctl events list --since 2030-01-02 --until " +
		"2030-01-03 --columns time,type,data.username"
	tail := p.eventsCommand("tail", "Print the newest events, and then new ones as they happen, until interrupted",
		(*eventsCall).tail)
	tail.Long += "\n\nIf the connection or the service fails, the command reconnects and continues where it stopped."
	tail.Example = "  accountctl events tail\n  accountctl events tail --last 0 --type UserCreated -o ndjson\n  " +
		"accountctl events tail --after 1000 --user ann"
	cmd.AddCommand(list, tail)
	return cmd
}

func (p *program) eventsCommand(use, short string,
	run func(*eventsCall, context.Context, io.Writer) error) *cobra.Command {
	e := &eventsCall{program: p, pause: pause}
	cmd := &cobra.Command{Use: use, Short: short, Long: short + ".\n\n" + eventsHelp, Args: cobra.NoArgs}
	f := cmd.Flags()
	f.StringSliceVar(&e.types, "type", nil, "print events of these `types` only")
	f.StringVar(&e.user, "user", "", "print the events of this `user` only")
	f.Var(&e.since, "since", "print events from this `time` on")
	f.Var(&e.until, "until", "print events up to this `time`")
	f.Uint64Var(&e.after, "after", 0, "print events after this `sequence` only")
	f.Uint64Var(&e.limit, "limit", 0, "print at most this `number` of events; 0 is all")
	if use == "tail" {
		e.follow = true
		f.Uint64Var(&e.last, "last", 10, "begin with this `number` of the newest events; --after or --since override it")
		p.forms(cmd, " (the default is table)", formTable, formJSON, formNDJSON)
	} else {
		f.BoolVarP(&e.follow, "follow", "f", false, "continue with new events as they happen, until interrupted")
		p.forms(cmd, " (the default is table)", formTable, formJSON, formYAML, formNDJSON)
	}
	p.columnsFlag(cmd)
	// the flag is there
	_ = cmd.RegisterFlagCompletionFunc("type",
		cobra.FixedCompletions(events.Types(), cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		p.started = true
		e.newest = use == "tail" && !cmd.Flags().Changed("after") && e.since == ""
		return run(e, cmd.Context(), cmd.ErrOrStderr())
	}
	return cmd
}

// printer returns a printer of events, whose table prints each as it comes.
func (e *eventsCall) printer(out io.Writer) *printer {
	printed := e.program.printer("sequence", "time", "type", "subject", "actor")
	printed.out, printed.live = out, e.follow
	wide := map[string]int{"sequence": 10, "time": 20, "type": 26, "subject": 49, "actor": 36, "id": 36,
		"credential": 44, "requestid": 36}
	printed.widths = make([]int, len(printed.columns))
	for i, c := range printed.columns {
		printed.widths[i] = max(wide[c], len(c))
	}
	return printed
}

// query returns the filters, with the user's id in the place of the name.
func (e *eventsCall) query(ctx context.Context, s service) (url.Values, error) {
	q := url.Values{}
	if e.user != "" {
		id, err := s.user(ctx, e.user)
		if err != nil {
			return nil, err
		}
		q.Set("user", id)
	}
	for name, value := range map[string]string{"type": strings.Join(e.types, ","), "since": string(e.since),
		"until": string(e.until)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q, nil
}

// eventsPath returns the path of at most limit events (0: all) behind a sequence.
func eventsPath(q url.Values, after, limit uint64) string {
	q.Set("after", strconv.FormatUint(after, 10))
	if limit > 0 {
		q.Set("limit", strconv.FormatUint(limit, 10))
	}
	return "/v1/events?" + q.Encode()
}

func (e *eventsCall) list(ctx context.Context, errs io.Writer) error {
	if e.follow {
		return e.tail(ctx, errs)
	}
	s, err := e.find()
	if err != nil {
		return err
	}
	q, err := e.query(ctx, s)
	if err != nil {
		return err
	}
	answer, err := s.get(ctx, eventsPath(q, e.after, e.limit))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return refused(answer)
	}
	out := bufio.NewWriter(e.stdout)
	printed := e.printer(out)
	err = printed.begin()
	if err == nil {
		err = eachLine(answer.Body, out.Flush, func(line []byte) error { return printed.add(line) })
	}
	return errors.Join(err, printed.end(), out.Flush())
}

// eachLine calls each for the lines that are not empty, and pause before it waits for more.
func eachLine(lines io.Reader, pause func() error, each func([]byte) error) error {
	in := bufio.NewReader(lines)
	for {
		if in.Buffered() == 0 {
			if err := pause(); err != nil {
				return err
			}
		}
		line, err := in.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case err != nil:
			return lostError{fmt.Errorf("the answer broke off: %w", err)}
		case len(line) == 1: // the connection stands
			continue
		}
		if err := each(bytes.TrimSpace(line)); err != nil {
			return err
		}
	}
}
