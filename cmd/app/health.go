package app

import (
	"errors"
	"fmt"
	"time"

	"accountd/events/eventlog"
	"accountd/http/server"
	"accountd/http/server/metrics"
)

// viewLate is how far the view may be behind the log's leader until the instance is not ready: what it would answer is
// old.
const viewLate = 5 * time.Second

// checks are the conditions of being ready, beside the gate.
func (a *app) checks() []server.Check {
	return []server.Check{{Name: "engine", Run: a.engineHealth}, {Name: "log", Run: a.logHealth},
		{Name: "view", Run: a.viewHealth},
		{Name: "writes", Run: a.writeHealth}, {Name: "storage", Run: a.storeHealth}, {Name: "feed", Run: a.feedHealth}}
}

// health says in a word how the service is, to people.
func (a *app) health() string {
	if a.gate.Refusal() != nil {
		return "not ready"
	}
	for _, c := range a.checks() {
		if c.Run() != nil {
			return "not well"
		}
	}
	return "ready"
}

// engineHealth returns what is wrong with the engine.
func (a *app) engineHealth() error {
	switch e := a.engine.Load(); {
	case a.waiting.Load():
		return errors.New("waiting for the NATS cluster")
	case e == nil:
		return errors.New("starting")
	default:
		return e.Healthy()
	}
}

// logHealth returns why the log does not answer, which a connection alone does not tell.
func (a *app) logHealth() error {
	if l := a.opened.Load(); l != nil {
		return l.Answering()
	}
	return errors.New("starting")
}

// viewHealth returns how far the view is behind. While the log is read for the first time, that is the gate's to say.
func (a *app) viewHealth() error {
	l := a.opened.Load()
	if l == nil || a.gate.Refusal() != nil {
		return nil
	}
	if behind := l.Behind(a.service.View.Position()); behind > viewLate {
		return fmt.Errorf("behind the log for %v", behind.Round(time.Second))
	}
	return nil
}

// writeHealth returns why changes do not get into the log, from what became of those that were tried.
func (a *app) writeHealth() error {
	if a.gate.Refusal() != nil {
		return nil // there is nothing yet that would write
	}
	return a.service.Handler.Standstill()
}

// appended counts what did not get into the log.
func (a *app) appended(o eventlog.AppendOutcome) {
	if reason := eventlog.Reason(o.Err); reason != "" && !errors.Is(o.Err, eventlog.ErrConflict) {
		a.metrics.AppendFailed(reason)
	}
}

// watchHealth adds the figures that tell an outage.
func (a *app) watchHealth() {
	a.metrics.WatchHealth(metrics.Health{
		Connected: a.engine.Load().Connected,
		ViewLag:   func() time.Duration { return a.history.Behind(a.service.View.Position()) },
	})
}
