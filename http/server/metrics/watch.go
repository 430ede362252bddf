package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Sources are where the figures come from that are read when they are asked for. All must be set.
type Sources struct {
	Log         func(context.Context) (uint64, error)        // the log's newest sequence
	View        func() uint64                                // the sequence up to which the view has applied
	Feed        func(context.Context) (uint64, error)        // the sequence up to which the feed tells of the log
	FeedLag     func(context.Context) (time.Duration, error) // the age of the oldest event that was not relayed
	WebhookLag  func() time.Duration                         // the age of the oldest event that a webhook was not sent
	Followed    func() uint64                                // records that the log has delivered
	Users       func() int
	Waiting     func() int // commands that wait to be decided
	HashRunning func() int
	HashWaiting func() int
	Store       func() (used, limit, free int64, known bool) // bytes of the embedded store, and of the disk
}

// Watch adds the figures of the Sources. It is called once.
func (m *Metrics) Watch(s Sources) {
	m.registry.MustRegister(positions{s}, space{s},
		gauge("accountd_feed_lag_seconds", "Age of the oldest event that was not relayed to the feed, 0 for none, -1 "+
			"when it cannot be learned.",
			func() float64 { return feedLag(s) }),
		gauge("accountd_webhook_lag_seconds",
			"Age of the oldest event that a webhook to which this instance sends was not sent, 0 for none.",
			func() float64 { return s.WebhookLag().Seconds() }),
		gauge("accountd_users", "Accounts that exist.", func() float64 { return float64(s.Users()) }),
		gauge("accountd_commands_waiting", "Commands that wait to be decided.",
			func() float64 { return float64(s.Waiting()) }),
		gauge("accountd_password_hashes_running", "Password hashes that are computed now.",
			func() float64 { return float64(s.HashRunning()) }),
		gauge("accountd_password_hashes_waiting", "Password hashes that wait for a slot.",
			func() float64 { return float64(s.HashWaiting()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "accountd_records_followed_total", Help: "Records that the log has delivered, also while replaying.",
		}, func() float64 { return float64(s.Followed()) }),
	)
}

// space tells how much the store takes and may take, all of one moment; nothing where that is not known.
type space struct{ Sources }

func (space) descs() (used, limit, free *prometheus.Desc) {
	return prometheus.NewDesc("accountd_store_bytes", "Bytes that the embedded store takes.", nil, nil),
		prometheus.NewDesc("accountd_store_limit_bytes",
			"Bytes that the embedded store may take before nothing but erasures is written.", nil, nil),
		prometheus.NewDesc("accountd_store_free_bytes", "Bytes of the store's disk that are free.", nil, nil)
}

// Describe is prometheus.Collector's.
func (s space) Describe(out chan<- *prometheus.Desc) {
	used, limit, free := s.descs()
	out <- used
	out <- limit
	out <- free
}

// Collect is prometheus.Collector's.
func (s space) Collect(out chan<- prometheus.Metric) {
	used, limit, free, known := s.Store()
	if !known {
		return
	}
	ofUsed, ofLimit, ofFree := s.descs()
	out <- prometheus.MustNewConstMetric(ofUsed, prometheus.GaugeValue, float64(used))
	out <- prometheus.MustNewConstMetric(ofLimit, prometheus.GaugeValue, float64(limit))
	out <- prometheus.MustNewConstMetric(ofFree, prometheus.GaugeValue, float64(free))
}

func feedLag(s Sources) float64 {
	ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
	defer cancel()
	lag, err := s.FeedLag(ctx)
	if err != nil {
		return -1
	}
	return lag.Seconds()
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
}

// positions tells how far log and view are, and how far apart, all of one moment.
type positions struct{ Sources }

// logTimeout bounds how long a scrape waits for the log; without its answer the log's figures are missing.
const logTimeout = 2 * time.Second

func (positions) descs() (log, view, lag, feed *prometheus.Desc) {
	return prometheus.NewDesc("accountd_log_position", "Sequence of the log's newest record.", nil, nil),
		prometheus.NewDesc("accountd_view_position", "Sequence of the newest record that the view has applied.", nil,
			nil), prometheus.NewDesc("accountd_view_lag_records", "Records that the view has not applied yet.", nil,
			nil),
		prometheus.NewDesc("accountd_feed_position", "Sequence of the newest record that was relayed to the feed.", nil,
			nil)
}

// Describe is prometheus.Collector's.
func (p positions) Describe(out chan<- *prometheus.Desc) {
	log, view, lag, feed := p.descs()
	out <- log
	out <- view
	out <- lag
	out <- feed
}

// Collect is prometheus.Collector's.
func (p positions) Collect(out chan<- prometheus.Metric) {
	log, view, lag, feed := p.descs()
	ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
	defer cancel()
	last, err := p.Log(ctx)
	applied := p.View()
	out <- prometheus.MustNewConstMetric(view, prometheus.GaugeValue, float64(applied))
	if err != nil {
		return
	}
	last = max(last, applied) // the view may have moved on since
	out <- prometheus.MustNewConstMetric(log, prometheus.GaugeValue, float64(last))
	out <- prometheus.MustNewConstMetric(lag, prometheus.GaugeValue, float64(last-applied))
	if relayed, err := p.Feed(ctx); err == nil {
		out <- prometheus.MustNewConstMetric(feed, prometheus.GaugeValue, float64(relayed))
	}
}
