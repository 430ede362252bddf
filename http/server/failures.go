package server

import (
	"maps"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"accountd/commands/login"
	"accountd/http/rest"
)

// How often a client may fail to authenticate.
const (
	failuresPerSecond = 600.0 / 60
	failuresAtOnce    = 600
	maxClients        = 65536 // that are remembered
)

// failures remembers how often clients failed to authenticate.
type failures struct {
	mu      sync.RWMutex
	clients map[netip.Prefix]*rate.Limiter
	swept   time.Time
}

func newFailures() *failures { return &failures{clients: map[netip.Prefix]*rate.Limiter{}} }

// wait returns how long the client has to wait before it may try again, 0 when it need not.
func (f *failures) wait(client netip.Addr, now time.Time) time.Duration {
	f.mu.RLock()
	l := f.clients[login.Network(client)]
	f.mu.RUnlock()
	if l == nil {
		return 0
	}
	missing := 1 - l.TokensAt(now)
	if missing <= 0 {
		return 0
	}
	return time.Duration(missing / failuresPerSecond * float64(time.Second))
}

// note counts a failure.
func (f *failures) note(client netip.Addr, now time.Time) {
	n := login.Network(client)
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.clients[n]
	if l == nil {
		f.makeRoom(now)
		l = rate.NewLimiter(failuresPerSecond, failuresAtOnce)
		f.clients[n] = l
	}
	l.AllowN(now, 1)
}

// makeRoom forgets clients when there are too many: those whose failures are long ago, or else any one.
func (f *failures) makeRoom(now time.Time) {
	if len(f.clients) < maxClients {
		return
	}
	if now.Sub(f.swept) > time.Second { // not with every request of an attack from many addresses
		f.swept = now
		for n, l := range f.clients {
			if l.TokensAt(now) >= failuresAtOnce {
				delete(f.clients, n)
			}
		}
	}
	for n := range f.clients {
		if len(f.clients) < maxClients {
			return
		}
		delete(f.clients, n)
	}
}

// doubtful is the answer to a client that failed too often. A request that is authenticated is answered like any other;
// one that is not is told to wait, in place of why.
type doubtful struct {
	*exchange
	r      *http.Request
	wait   time.Duration
	before http.Header // as it was before the dialect was asked
	told   bool
}

func (x *exchange) doubted(r *http.Request, wait time.Duration) *doubtful {
	return &doubtful{exchange: x, r: r, wait: wait, before: maps.Clone(x.Header())}
}

// WriteHeader begins the answer, or gives another one.
func (d *doubtful) WriteHeader(status int) {
	switch {
	case d.told:
	case d.unauthenticated(status):
		d.told = true
		clear(d.Header())
		maps.Copy(d.Header(), d.before)
		tooMany(d.exchange, d.r, d.wait)
	default:
		d.exchange.WriteHeader(status)
	}
}

// Write drops what was said in place of the wait.
func (d *doubtful) Write(b []byte) (int, error) {
	if !d.told && d.status == 0 {
		d.WriteHeader(http.StatusOK)
	}
	if d.told {
		return len(b), nil
	}
	return d.exchange.Write(b)
}

// unauthenticated reports whether an answer of that status says that nobody knows who asks.
func (x *exchange) unauthenticated(status int) bool {
	return status == http.StatusUnauthorized || x.info.Unauthenticated && status == http.StatusForbidden
}

func tooMany(x *exchange, r *http.Request, wait time.Duration) {
	x.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	x.mount.Problem(x, r, rest.RequestError{Status: http.StatusTooManyRequests, Reason: "too_many_failures",
		Detail: "Too many requests from this address could not be authenticated."})
}
