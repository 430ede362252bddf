package events

import "time"

// LogInLocked records that too many log-ins of the user failed: no password is looked at until then.
type LogInLocked struct {
	Until time.Time `json:"until"`
}

// LogInUnlocked records that somebody ended a lock before its time.
type LogInUnlocked struct{}

func (LogInLocked) Type() string   { return "LogInLocked.v1" }
func (LogInUnlocked) Type() string { return "LogInUnlocked.v1" }
