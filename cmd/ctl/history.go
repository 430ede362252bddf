package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"
)

const historyHelp = `Print who changed what about a user, and when, the newest first. The table has a line for each
changed field; the other forms print the API's answer. Secrets are masked. For a deleted user, give the UUID.

With --at the command prints the user as it was at that time.

` + momentHelp

// historyPage is how many entries are asked for at once.
const historyPage = 200

// historyCall is what history is called with.
type historyCall struct {
	*program
	at            momentFlag
	after, before uint64
	limit         int
	oldest        bool
}

func (p *program) history() *cobra.Command {
	h := &historyCall{program: p}
	cmd := &cobra.Command{
		Use: "history USER", Short: "Print who changed what about a user, and when", Long: historyHelp,
		Args: words(1, 1), ValidArgsFunction: p.completeUser,
		Example: `  accountctl history ann
  accountctl history ann --oldest-first --limit 3
  accountctl history ann --columns time,actor,dialect,field,after
  accountctl history ann --at 2030-01-02T12:00:00Z`,
		RunE: p.asks(func(cmd *cobra.Command, s service, words []string) error {
			return h.run(cmd.Context(), s,
				words[0])
		}),
	}
	cmd.Flags().Var(&h.at, "at", "print the user as it was at this `time`")
	cmd.Flags().Uint64Var(&h.after, "after", 0, "print entries after this `sequence` only")
	cmd.Flags().Uint64Var(&h.before, "before", math.MaxUint64, "print entries before this `sequence` only")
	cmd.Flags().Lookup("before").DefValue = "0" // which --help leaves out
	cmd.Flags().IntVar(&h.limit, "limit", 0, "print at most this `number` of entries; 0 is all")
	cmd.Flags().BoolVar(&h.oldest, "oldest-first", false, "print the oldest first")
	p.forms(cmd, " (the default is table, with --at yaml)", formTable, formJSON, formYAML, formNDJSON)
	p.columnsFlag(cmd)
	for _, flag := range []string{"after", "before", "limit", "oldest-first"} {
		cmd.MarkFlagsMutuallyExclusive("at", flag)
	}
	return cmd
}

func (h *historyCall) run(ctx context.Context, s service, name string) error {
	id, err := s.userAt(ctx, name, string(h.at))
	if errors.Is(err, errNobody) {
		return fmt.Errorf("%w; for a deleted user give the UUID, which accountctl events shows, or a time "+
			"(--at) before the deletion", err)
	}
	if err != nil {
		return err
	}
	user := "/v1/users/" + id
	if h.at == "" {
		return h.print(ctx, s, user+"/history?"+h.query().Encode())
	}
	var then json.RawMessage
	if _, err := s.call(ctx, http.MethodGet, user+"?"+url.Values{"at": {string(h.at)}}.Encode(), nil, nil,
		&then); err != nil {
		return err
	}
	return h.printer(columnsOf("users")...).object(then)
}

func (h *historyCall) query() url.Values {
	q := url.Values{"limit": {strconv.Itoa(historyPage)}}
	if h.limit > 0 {
		q.Set("limit", strconv.Itoa(min(h.limit, historyPage)))
	}
	if h.oldest {
		q.Set("sort", "sequence")
	}
	if h.after > 0 {
		q.Set("after", strconv.FormatUint(h.after, 10))
	}
	if h.before < math.MaxUint64 {
		q.Set("before", strconv.FormatUint(h.before, 10))
	}
	return q
}

// print prints the pages from that path on.
func (h *historyCall) print(ctx context.Context, s service, path string) error {
	out := h.printer("sequence", "time", "type", "actor", "field", "before", "after")
	lines := changeLines{s: s, known: map[string]json.RawMessage{}}
	left := h.limit
	err := s.pages(ctx, path, func(p page) (bool, error) {
		entries := p.Data
		if h.limit > 0 {
			entries = entries[:min(left, len(entries))]
			left -= len(entries)
		}
		if out.tabular() {
			var err error
			if entries, err = lines.of(ctx, entries); err != nil {
				return false, err
			}
		}
		return h.limit == 0 || left > 0, out.add(entries...)
	})
	if err != nil {
		return err
	}
	return out.end()
}
