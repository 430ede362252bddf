package server

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/otel/trace"

	"accountd/http/rest"
	"accountd/http/server/metrics"
)

// Mount is a dialect and the paths that are its own.
type Mount struct {
	Prefix  string // such as "/v2": this path and all below; where two match, the longer one counts
	Dialect string
	Handler http.Handler
	Problem rest.Problem // writes what the server answers by itself, in the dialect's shape
}

// Options of the shared HTTP part. Gate, Metrics, Logger and Problem must be set.
type Options struct {
	Mounts         []Mount
	Problem        rest.Problem // for paths that belong to no Mount
	Landing        rest.Handler // answers at /; nil: nothing is there
	Gate           *Gate
	Checks         []Check      // of /readyz, beside the Gate
	Alive          func() error // of /livez: nil while the process can go on; nil: it always can
	Metrics        *metrics.Metrics
	Logger         *slog.Logger
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	RateLimits     bool
	Whole          bool // /readyz says how long the log is, too

	// MayScrape returns why the request is refused the metrics, nil when it is not; nil: everybody gets them.
	MayScrape func(http.ResponseWriter, *http.Request) error
	Tracer    trace.Tracer // begins the spans of dialects' calls; nil: there are none
}

// minGzip is from how many bytes on an answer is compressed: what fits one packet gains nothing.
const minGzip = 1400

// New returns the handler of everything: the Mounts, /livez, /readyz and /metrics.
func New(o Options) http.Handler { return compress(newServer(o)) }

func newServer(o Options) *server {
	s := &server{Options: o, failures: newFailures(), now: time.Now}
	s.Mounts = slices.Clone(o.Mounts)
	slices.SortStableFunc(s.Mounts, func(a, b Mount) int { return cmp.Compare(len(b.Prefix), len(a.Prefix)) })
	s.rest = Mount{Handler: rest.NewMux(s.operation(), o.Problem), Problem: o.Problem}
	return s
}

type server struct {
	Options
	rest     Mount // of what belongs to no Mount
	failures *failures
	now      func() time.Time
}

func compress(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(minGzip), gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.EnableZstd(false))
	if err != nil {
		panic(err) // the options are constants
	}
	return wrap(h)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := s.mount(r.URL.Path)
	x := s.begin(w, r, m)
	late := late(x, r)
	r = r.WithContext(rest.WithInfo(s.beginSpan(r.Context(), x), &x.info))
	x.receive(r)
	defer func() { x.body.leave(); s.end(x, r, recover()) }()
	if m == &s.rest {
		m.Handler.ServeHTTP(x, r)
		return
	}
	if late {
		m.Problem(x, r, crowded())
		return
	}
	s.dialect(x, r)
}

// mount returns whose the path is.
func (s *server) mount(path string) *Mount {
	for i := range s.Mounts {
		if rest, ok := strings.CutPrefix(path, s.Mounts[i].Prefix); ok && (rest == "" || rest[0] == '/') {
			return &s.Mounts[i]
		}
	}
	return &s.rest
}

// dialect lets the request in, if the service is ready. A client that has failed too often is still asked who it is:
// whoever shares its address must not be shut out.
func (s *server) dialect(x *exchange, r *http.Request) {
	if err := s.Gate.enter(); err != nil {
		x.mount.Problem(x, r, err)
		return
	}
	defer s.Gate.leave()
	if !s.RateLimits {
		x.mount.Handler.ServeHTTP(x, r)
		return
	}
	if wait := s.failures.wait(x.client, x.start); wait > 0 {
		x.mount.Handler.ServeHTTP(x.doubted(r, wait), r)
		return
	}
	x.mount.Handler.ServeHTTP(x, r)
	if x.unauthenticated(x.status) {
		s.failures.note(x.client, s.now())
	}
}
