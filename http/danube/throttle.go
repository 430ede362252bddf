package danube

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"accountd/commands/login"
)

// How many requests a user, and an address that nobody has logged in from, may make within the window that ends now.
const (
	maxOfUser    = 45
	maxOfAddress = 30
	windowTime   = time.Minute
)

// limiter remembers when the requests of the last minute came, on this instance.
type limiter struct {
	mu    sync.Mutex
	times map[string][]time.Time // oldest first
	swept time.Time
}

func newLimiter() *limiter { return &limiter{times: map[string][]time.Time{}} }

// take notes a request of that key, unless there are most of them already: then it returns how long to wait.
func (l *limiter) take(key string, most int, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	times := within(l.times[key], now)
	if len(times) >= most {
		l.times[key] = times
		return windowTime - now.Sub(times[0])
	}
	l.times[key] = append(times, now)
	return 0
}

// sweep forgets those who have been quiet for a window, once per window.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < windowTime {
		return
	}
	l.swept = now
	for key, times := range l.times {
		if len(within(times, now)) == 0 {
			delete(l.times, key)
		}
	}
}

// within drops the times that lie before the window.
func within(times []time.Time, now time.Time) []time.Time {
	i := slices.IndexFunc(times, func(t time.Time) bool { return now.Sub(t) < windowTime })
	if i < 0 {
		return nil
	}
	return times[i:]
}

// throttle counts the request.
func (x *exchange) throttle() error {
	if x.api.limits == nil {
		return nil
	}
	key, most := "address "+login.Caller(x.info.Address), maxOfAddress
	if x.caller != nil {
		key, most = "user "+x.caller.ID.String(), maxOfUser
	}
	wait := x.api.limits.take(key, most, x.api.now())
	if wait <= 0 {
		return nil
	}
	return throttled{wait}
}

// throttled is the answer to who came too often and may come again after a while.
type throttled struct{ wait time.Duration }

func (throttled) Error() string { return "throttled" }

func (t throttled) write(x *exchange) error {
	seconds := int(math.Ceil(t.wait.Seconds()))
	x.w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return x.write(http.StatusTooManyRequests, detailAnswer{throttledText(seconds)})
}

func throttledText(seconds int) string {
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return fmt.Sprintf("Request was throttled. Expected available in %d.0 %s.", seconds, unit)
}
