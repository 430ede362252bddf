package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

const statusHelp = `Show the service's state: whether it is ready, its version and uptime, the positions of the log, the
view and the feed, and the events and requests per second, measured over --interval. Requests for health and metrics do
not count.

The exit code is 1 if the service is not ready. With --watch the command prints a line each interval, until interrupted.`

// statusCall is what status is called with.
type statusCall struct {
	*program
	interval time.Duration
	watch    bool
	wait     func(context.Context, time.Duration) error
}

func (p *program) status() *cobra.Command {
	c := &statusCall{program: p, wait: wait}
	cmd := &cobra.Command{
		Use: "status", Short: "Show the service's state; exit code 1 if it is not ready", Long: statusHelp,
		Args:    words(0, 0),
		Example: "  accountctl status\n  accountctl status --interval 10s -o json\n  accountctl status --watch",
		RunE: p.asks(func(cmd *cobra.Command, s service, _ []string) error {
			if c.watch {
				return c.watching(cmd.Context(), s)
			}
			return c.once(cmd.Context(), s)
		}),
	}
	cmd.Flags().DurationVar(&c.interval, "interval", time.Second, "how `long` to measure the rates; 0: do not measure")
	cmd.Flags().BoolVarP(&c.watch, "watch", "w", false, "print a line each interval, until interrupted")
	p.tables(cmd, formTable, formJSON, formYAML, formNDJSON)
	return cmd
}

// wait returns after that time.
func wait(ctx context.Context, long time.Duration) error {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *statusCall) once(ctx context.Context, s service) error {
	first, err := s.figures(ctx)
	if errors.As(err, new(refusal)) {
		fmt.Fprintf(c.stderr, "accountctl: no metrics: %v\n", err)
		err = nil
	}
	second := first
	if err == nil && c.interval > 0 && len(first.values) > 0 {
		if err = c.wait(ctx, c.interval); err == nil {
			second, err = s.figures(ctx)
		}
	}
	if err != nil {
		return err
	}
	now, err := s.status(ctx, first, second)
	if err != nil {
		return err
	}
	if err := c.print(now); err != nil {
		return err
	}
	if !now.Ready {
		return errors.New("the service is not ready")
	}
	return nil
}

func (c *statusCall) print(now status) error {
	if c.printer().tabular() && len(c.columns) == 0 {
		return aligned(c.stdout, now.lines())
	}
	line, err := json.Marshal(now)
	if err != nil {
		return err
	}
	return c.printer().object(line)
}

// watching prints a line each interval.
func (c *statusCall) watching(ctx context.Context, s service) error {
	if c.interval <= 0 {
		return misuse{errors.New("--interval: --watch needs one above 0")}
	}
	out := c.printer("time", "ready", "users", "log_position", "view_lag", "events_per_second", "requests_per_second")
	out.widths, out.live = make([]int, len(out.columns)), true
	for i, name := range out.columns {
		out.widths[i] = max(len(name), 8)
		if name == "time" {
			out.widths[i] = 20
		}
	}
	then, err := s.figures(ctx)
	if err == nil {
		err = out.begin()
	}
	for err == nil {
		if c.wait(ctx, c.interval) != nil {
			return nil // interrupted, which is how it ends
		}
		then, err = c.line(ctx, s, then, out)
	}
	return err
}

// line prints how the service is, and returns the figures of now.
func (c *statusCall) line(ctx context.Context, s service, then figures, out *printer) (figures, error) {
	now, err := s.figures(ctx)
	var is status
	if err == nil {
		is, err = s.status(ctx, then, now)
	}
	if err != nil && ctx.Err() == nil {
		fmt.Fprintf(c.stderr, "accountctl: %v\n", err) // it may come back
		return then, nil
	}
	line, err := json.Marshal(is)
	if err != nil {
		return then, err
	}
	return now, out.add(line)
}
