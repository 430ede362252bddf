package metrics

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// requests counts requests and their time.
type requests struct {
	count *prometheus.CounterVec
	took  *prometheus.HistogramVec

	mu    sync.RWMutex
	known map[requestKey]*series
}

type requestKey struct {
	dialect, route, method string
	status                 int
}

type series struct {
	count prometheus.Counter
	took  prometheus.Observer
}

func newRequests() *requests {
	return &requests{
		known: map[requestKey]*series{},
		count: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "accountd_http_requests_total", Help: "Requests answered, by route template.",
		}, []string{"dialect", "method", "route", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "accountd_http_request_duration_seconds",
			Help:    "Time from a request's header to the end of its answer.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"dialect", "method", "route"}),
	}
}

func (r *requests) add(k requestKey, took time.Duration) {
	s := r.series(k)
	s.count.Inc()
	s.took.Observe(took.Seconds())
}

func (r *requests) series(k requestKey) *series {
	k.method = Method(k.method)
	r.mu.RLock()
	s := r.known[k]
	r.mu.RUnlock()
	if s != nil {
		return s
	}
	s = &series{ // the library returns the same ones for the same labels
		count: r.count.WithLabelValues(k.dialect, k.method, k.route, strconv.Itoa(k.status)),
		took:  r.took.WithLabelValues(k.dialect, k.method, k.route),
	}
	r.mu.Lock()
	r.known[k] = s
	r.mu.Unlock()
	return s
}

// Method returns one of few names: a client may send any.
func Method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodOptions:
		return m
	}
	return "other"
}
