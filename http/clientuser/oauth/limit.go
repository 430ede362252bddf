package oauth

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"accountd/commands/login"
	"accountd/http/rest"
)

// How much one address may ask of what logs in.
const (
	perSecond  = 20
	atOnce     = 6
	forgetIdle = time.Minute
)

// limiter bounds, on this instance, how often and how much at once each address asks.
type limiter struct {
	mu        sync.Mutex
	addresses map[string]*address
	swept     time.Time
}

type address struct {
	rate    *rate.Limiter
	running int
	seen    time.Time
}

func newLimiter() *limiter { return &limiter{addresses: map[string]*address{}} }

// enter lets a request in, which then must leave, or returns false.
func (l *limiter) enter(from string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	a := l.addresses[from]
	if a == nil {
		a = &address{rate: rate.NewLimiter(perSecond, perSecond)}
		l.addresses[from] = a
	}
	a.seen = now
	if a.running >= atOnce || !a.rate.AllowN(now, 1) {
		return false
	}
	a.running++
	return true
}

func (l *limiter) leave(from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.addresses[from].running--
}

// sweep forgets the addresses that have not asked for a while.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < forgetIdle {
		return
	}
	l.swept = now
	for from, a := range l.addresses {
		if a.running == 0 && now.Sub(a.seen) >= forgetIdle {
			delete(l.addresses, from)
		}
	}
}

// limited lets the handler answer when the address does not ask too much. A request counts from when its body is there: one
// that drips must not keep a place.
func (s *Server) limited(h http.Handler, problem rest.Problem) http.Handler {
	if s.opts.RateLimits {
		h = s.inTurn(h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest.Shorten(w, r)
		if err := rest.Receive(w, r); err != nil {
			problem(w, r, err)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (s *Server) inTurn(h http.Handler) http.Handler {
	l := newLimiter()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := login.Caller(rest.InfoOf(r.Context()).Address)
		if !l.enter(from, s.opts.Now()) {
			w.Header().Set("Retry-After", "1")
			s.opts.Problem(w, r, rest.RequestError{Status: http.StatusTooManyRequests, Reason: "too_many_requests",
				Detail: "This address asks too much at once."})
			return
		}
		defer l.leave(from)
		h.ServeHTTP(w, r)
	})
}
