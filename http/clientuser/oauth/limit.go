package oauth

import (
	"net/http"
	"sync"
	"time"

	"accountd/commands/login"
	"accountd/http/rest"
)

// How much one address may ask of what logs in.
const (
	perSecond = 20
	atOnce    = 6
)

// limiter bounds, on this instance, how often and how much at once each address asks.
type limiter struct {
	rate *rest.Limiter[string]

	mu      sync.Mutex
	running map[string]int // requests that are being answered, by the addresses that have any
}

func newLimiter() *limiter {
	return &limiter{rate: rest.NewLimiter[string](perSecond, rest.Refilling(time.Second)), running: map[string]int{}}
}

// enter lets a request in, which then must leave, or returns false.
func (l *limiter) enter(from string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running[from] >= atOnce {
		return false
	}
	if left, _ := l.rate.Take(from, now); left < 0 {
		return false
	}
	l.running[from]++
	return true
}

func (l *limiter) leave(from string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running[from]--; l.running[from] == 0 {
		delete(l.running, from)
	}
}

// limited lets the handler answer when the address does not ask too much. A request counts from when its body is there:
// one that drips must not keep a place.
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
