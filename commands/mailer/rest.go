package mailer

import (
	"math/rand/v2"
	"time"
)

// rests are the pauses between attempts; together they are about a day.
var rests = [...]time.Duration{
	5 * time.Second, 20 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour,
	7 * time.Hour, 12 * time.Hour,
}

// rest returns the pause after the attempt of that number, up to a fifth more or less of it, so that mails that failed
// together do not come back together.
func rest(attempt int) time.Duration {
	pause := rests[min(max(attempt, 1), len(rests))-1]
	return pause + time.Duration((rand.Float64()-0.5)*0.4*float64(pause))
}
