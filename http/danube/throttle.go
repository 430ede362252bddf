package danube

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"accountd/commands/login"
	"accountd/http/rest"
)

// How many requests a user, and an address that nobody has logged in from, may make within the window that ends now.
const (
	maxOfUser    = 45
	maxOfAddress = 30
	windowTime   = time.Minute
)

// limiter counts the requests of users, and of addresses that nobody has logged in from.
type limiter struct {
	users     *rest.Limiter[uuid.UUID]
	addresses *rest.Limiter[string]
}

func newLimiter() *limiter {
	window := rest.Sliding(windowTime)
	return &limiter{rest.NewLimiter[uuid.UUID](maxOfUser, window), rest.NewLimiter[string](maxOfAddress, window)}
}

// throttle counts the request.
func (x *exchange) throttle() error {
	if x.api.limits == nil {
		return nil
	}
	left, until, now := 0, time.Time{}, x.api.now()
	if x.caller != nil {
		left, until = x.api.limits.users.Take(x.caller.ID, now)
	} else {
		left, until = x.api.limits.addresses.Take(login.Caller(x.info.Address), now)
	}
	if left >= 0 {
		return nil
	}
	return throttled{until.Sub(now)}
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
