package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Health is where the figures come from that tell an outage, before or while it happens. All must be set.
type Health struct {
	Connected func() bool
	ViewLag   func() time.Duration // for how long the view has lacked a record of the log
}

// WatchHealth adds the figures of the Health. It is called once.
func (m *Metrics) WatchHealth(h Health) {
	m.registry.MustRegister(
		gauge("accountd_engine_connected", "Whether there is a connection to the engine: 1 or 0.", func() float64 {
			if h.Connected() {
				return 1
			}
			return 0
		}),
		gauge("accountd_view_lag_seconds", "For how long the view has lacked a record that the log has.",
			func() float64 { return h.ViewLag().Seconds() }))
}

// AppendFailed counts an append that did not get in for a reason of few values.
func (m *Metrics) AppendFailed(reason string) { m.appendFailures.WithLabelValues(reason).Inc() }

func newAppendFailures() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "accountd_append_failures_total",
		Help: "Appends that did not get into the log, by reason; lost races are not among them.",
	}, []string{"reason"})
}
