package server

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"accountd/http/rest"
)

// Check is one condition of being ready, beside the Gate; Run returns nil when it holds.
type Check struct {
	Name string
	Run  func() error
}

// Admin returns the handler of what those who run the service ask: /livez, /readyz and /metrics, open to whoever
// reaches it. Of the Options it uses Problem, Gate, Checks, Metrics and Logger.
func Admin(o Options) http.Handler {
	o.Mounts, o.Landing, o.MayScrape, o.Whole = nil, nil, nil, true
	return New(o)
}

// operation returns what belongs to no dialect.
func (s *server) operation() []rest.Route {
	var routes []rest.Route
	handles := map[string]rest.Handler{"/livez": s.live, "/readyz": s.ready, "/metrics": s.scrape()}
	if s.Landing != nil {
		handles["/"] = s.Landing
	}
	for path, handle := range handles {
		routes = append(routes, rest.Route{Method: http.MethodGet, Path: path, Handle: handle},
			rest.Route{Method: http.MethodHead, Path: path, Handle: handle})
	}
	return routes
}

// scrape answers with the figures, to those who may have them.
func (s *server) scrape() rest.Handler {
	figures := s.Metrics.Handler()
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.MayScrape != nil {
			if err := s.MayScrape(w, r); err != nil {
				return err
			}
		}
		figures.ServeHTTP(w, r)
		return nil
	}
}

// live answers well as long as the process can go on.
func (s *server) live(w http.ResponseWriter, _ *http.Request) error {
	if s.Alive != nil {
		if err := s.Alive(); err != nil {
			writeText(w, http.StatusServiceUnavailable, err.Error()+"\n")
			return nil
		}
	}
	writeText(w, http.StatusOK, "ok\n")
	return nil
}

// ready answers in the way of Kubernetes: the status is what counts, the text says what is missing.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	status, report := http.StatusOK, strings.Builder{}
	for _, c := range append([]Check{{"accepting", s.Gate.accepting}, {"replay", s.replayed}}, s.Checks...) {
		if err := c.Run(); err != nil {
			status = http.StatusServiceUnavailable
			fmt.Fprintf(&report, "[-]%s: %v\n", c.Name, err)
			continue
		}
		fmt.Fprintf(&report, "[+]%s ok\n", c.Name)
	}
	switch {
	case status != http.StatusOK:
		w.Header().Set("Retry-After", "2")
		fmt.Fprintln(&report, "not ready")
	case r.URL.Query().Has("verbose"):
		fmt.Fprintln(&report, "ready")
	default:
		report.Reset()
		fmt.Fprintln(&report, "ok")
	}
	writeText(w, status, report.String())
	return nil
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // the client may be gone
}

func (g *Gate) accepting() error {
	switch g.phase.Load() {
	case open:
		return nil
	case draining:
		return fmt.Errorf("shutting down")
	}
	return fmt.Errorf("starting")
}

func (s *server) replayed() error {
	p, began := s.Gate.Progress()
	switch {
	case s.Gate.phase.Load() != starting:
		return nil // from then on the distance to the log is a figure among the metrics
	case !began:
		return fmt.Errorf("the log is not open yet")
	case p.Position < p.Target && !s.Whole:
		return fmt.Errorf("%s", p.share())
	case p.Position < p.Target:
		return fmt.Errorf("%v", p)
	}
	return nil
}

// String returns such as "position 1200 of 5000, 24 %, about 3s left".
func (p Progress) String() string {
	return fmt.Sprintf("position %d of %d, %s", p.Position, p.Target, p.share())
}

// share returns such as "24 %, about 3s left", which says nothing of how long the log is.
func (p Progress) share() string {
	s := fmt.Sprintf("%d %%", p.Percent)
	if p.Left < 0 {
		return s
	}
	return s + fmt.Sprintf(", about %v left", p.Left)
}
