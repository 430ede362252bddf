package call

import (
	"time"

	"accountd/http/rest"
)

// maxWait bounds how long a request waits for a sequence that this instance has not applied yet.
const maxWait = 2 * time.Second

// Kernel is what every call is carried out by: the service, and what holds for all calls of the API. Its fields are set
// before it serves.
type Kernel struct {
	rest.Service
	Now           func() time.Time
	MaxWait       time.Duration // for a sequence that this instance has not applied yet
	Bounded       bool          // how often log-ins may fail
	Limits        *Limiter      // nil: requests are not counted
	Preconditions bool          // changes of what has a version must name one
	Rehearsing    bool          // see Powerless
}

// New returns the Kernel of the service, which bounds nothing and whose clock is that of the machine.
func New(s rest.Service) *Kernel { return &Kernel{Service: s, Now: time.Now, MaxWait: maxWait} }
