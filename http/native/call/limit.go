package call

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest"
)

// limitTime is the window that requests are counted within.
const limitTime = time.Minute

// Limiter counts the requests of users.
type Limiter struct {
	*rest.Limiter[uuid.UUID]
	policy string // as its header says it
}

// NewLimiter returns a Limiter of so many requests a minute.
func NewLimiter(most int) *Limiter {
	return &Limiter{rest.NewLimiter[uuid.UUID](most, rest.FromFirst(limitTime)),
		fmt.Sprintf(`"default";q=%d;w=%d`, most, limitTime/time.Second)}
}

// limit counts a request of the user, and says in its answer how many more there may be until when.
func (k *Kernel) limit(w http.ResponseWriter, user uuid.UUID) error {
	if k.Limits == nil {
		return nil
	}
	now := k.Now()
	left, until := k.Limits.Take(user, now)
	wait := until.Sub(now)
	w.Header().Set("RateLimit-Policy", k.Limits.policy)
	w.Header().Set("RateLimit",
		`"default";r=`+strconv.Itoa(max(left, 0))+";t="+strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	if left >= 0 {
		return nil
	}
	return &commands.Refusal{Kind: commands.Throttled, Reason: "too_many_requests", RetryAfter: wait,
		Detail: "You have made as many requests as you may within a minute."}
}
