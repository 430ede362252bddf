package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Health is where the figures come from that tell an outage, before or while it happens. All must be set.
type Health struct {
	Connected func() bool
	ViewLag   func() time.Duration                // for how long the view has lacked a record of the log
	FeedLag   func(context.Context) time.Duration // for how long a record has waited to be relayed
	Store     func(context.Context) (Store, error)
}

// Store is how full the engine's store is, in bytes. What is negative is not known.
type Store struct{ Used, Limit, Free int64 }

// WatchHealth adds the figures of the Health. It is called once.
func (m *Metrics) WatchHealth(h Health) {
	m.registry.MustRegister(storage{h.Store},
		gauge("accountd_engine_connected", "Whether there is a connection to the engine: 1 or 0.", func() float64 {
			if h.Connected() {
				return 1
			}
			return 0
		}),
		gauge("accountd_view_lag_seconds", "For how long the view has lacked a record that the log has.",
			func() float64 { return h.ViewLag().Seconds() }),
		gauge("accountd_feed_lag_seconds", "For how long a record of the log has waited to be relayed to the feed.", func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
			defer cancel()
			return h.FeedLag(ctx).Seconds()
		}))
}

// AppendFailed counts an append that did not get in for a reason of few values.
func (m *Metrics) AppendFailed(reason string) { m.appendFailures.WithLabelValues(reason).Inc() }

func newAppendFailures() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "accountd_append_failures_total", Help: "Appends that did not get into the log, by reason; lost races are not among them.",
	}, []string{"reason"})
}

// storage tells how full the store is, all of one moment.
type storage struct {
	read func(context.Context) (Store, error)
}

func (storage) descs() (used, limit, free *prometheus.Desc) {
	return prometheus.NewDesc("accountd_store_bytes", "Bytes that the engine's store holds.", nil, nil),
		prometheus.NewDesc("accountd_store_limit_bytes", "Bytes that the engine's store may hold.", nil, nil),
		prometheus.NewDesc("accountd_store_free_bytes", "Bytes that are free on the store's disk.", nil, nil)
}

// Describe is prometheus.Collector's.
func (s storage) Describe(out chan<- *prometheus.Desc) {
	used, limit, free := s.descs()
	out <- used
	out <- limit
	out <- free
}

// Collect is prometheus.Collector's. Without the engine's answer the figures are missing.
func (s storage) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
	defer cancel()
	now, err := s.read(ctx)
	if err != nil {
		return
	}
	used, limit, free := s.descs()
	for desc, value := range map[*prometheus.Desc]int64{used: now.Used, limit: now.Limit, free: now.Free} {
		if value >= 0 {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value))
		}
	}
}
