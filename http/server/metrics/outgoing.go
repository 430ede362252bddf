package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// outgoing are the figures of what the service sends by itself.
type outgoing struct {
	mails    *prometheus.CounterVec
	webhooks *prometheus.CounterVec
	took     prometheus.Histogram
}

func newOutgoing() outgoing {
	return outgoing{
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "accountd_mails_total", Help: "Attempts to send a mail, by kind and by what became of it.",
		}, []string{"mail", "outcome"}),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "accountd_webhook_attempts_total",
			Help: "Attempts to send an event to a webhook, by what became of it.",
		}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "accountd_webhook_attempt_duration_seconds", Help: "How long webhooks took to answer, or not to.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2, 13),
		}),
	}
}

func (o outgoing) collectors() []prometheus.Collector {
	return []prometheus.Collector{o.mails, o.webhooks, o.took}
}

// Mail counts an attempt to send a mail; see mailer.Options.
func (m *Metrics) Mail(mail, outcome string) { m.outgoing.mails.WithLabelValues(mail, outcome).Inc() }

// Webhook counts an attempt to send an event to a webhook; see webhook.Options.
func (m *Metrics) Webhook(outcome string, took time.Duration) {
	m.outgoing.webhooks.WithLabelValues(outcome).Inc()
	m.outgoing.took.Observe(took.Seconds())
}
