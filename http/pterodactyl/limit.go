package pterodactyl

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// All keys of a user together may make so many requests within a window.
const (
	maxRequests = 240
	windowTime  = time.Minute
)

// limit counts the request and says in its answer how many are left.
func (a *api) limit(w http.ResponseWriter, user uuid.UUID) error {
	if a.limits == nil {
		return nil
	}
	now := a.now()
	left, until := a.limits.Take(user, now)
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(maxRequests))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(left, 0)))
	if left >= 0 {
		return nil
	}
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(until.Sub(now).Seconds()))))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(until.Unix(), 10))
	return tooManyAttempts()
}
