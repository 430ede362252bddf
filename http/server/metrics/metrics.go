package metrics

import (
	"net/http"
	"time"

	"accountd/commands/committer"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the figures of one service. It is safe for concurrent use.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *requests
	append    prometheus.Histogram
	commands  prometheus.Histogram
	events    prometheus.Counter
	conflicts prometheus.Counter
	outgoing  outgoing

	appendFailures *prometheus.CounterVec
}

var _ committer.Observer = (*Metrics)(nil)

// New returns the Metrics of a service.
func New(b Build) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: newRequests(),
		append: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "accountd_append_duration_seconds", Help: "How long the log took for one append.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16),
		}),
		commands: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "accountd_append_commands", Help: "How many commands were appended together.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 11),
		}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "accountd_appended_events_total", Help: "Events that this instance appended to the log.",
		}),
		conflicts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "accountd_conflicts_total", Help: "Appends that were decided again because the log had moved on.",
		}),
		outgoing: newOutgoing(), appendFailures: newAppendFailures(),
	}
	m.registry.MustRegister(m.outgoing.collectors()...)
	m.registry.MustRegister(m.requests.count, m.requests.took, m.append, m.appendFailures, m.commands, m.events,
		m.conflicts, b.collector(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Build says what runs.
type Build struct{ Version, Revision, Go string }

// collector returns a gauge that is always 1 and says in its labels what runs.
func (b Build) collector() prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "accountd_build_info", Help: "What runs.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Revision, "go": b.Go}})
	g.Set(1)
	return g
}

// Appended counts an append; see committer.Observer.
func (m *Metrics) Appended(commands, events int, took time.Duration) {
	m.append.Observe(took.Seconds())
	m.commands.Observe(float64(commands))
	m.events.Add(float64(events))
}

// Conflicted counts a lost race; see committer.Observer.
func (m *Metrics) Conflicted() { m.conflicts.Inc() }

// Request counts a request that was answered; route is a template, empty for an unknown path.
func (m *Metrics) Request(dialect, route, method string, status int, took time.Duration) {
	m.requests.add(requestKey{dialect, route, method, status}, took)
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true}) // the server compresses
}
