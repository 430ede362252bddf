package server

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

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
	l := f.clients[network(client)]
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
	n := network(client)
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

// network returns what counts as one client.
func network(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // clients without an address share one
	}
	return p
}

func tooMany(x *exchange, r *http.Request, wait time.Duration) {
	x.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	x.mount.Problem(x, r, rest.RequestError{Status: http.StatusTooManyRequests, Reason: "too_many_failures",
		Detail: "Too many requests from this address could not be authenticated."})
}
