package commands

import (
	"time"

	"github.com/google/uuid"
)

// LockLogIn records that no password of the user is looked at until then. Only the service itself locks.
//
// Refusals: NotFound, Forbidden.
type LockLogIn struct {
	ID    uuid.UUID
	Until time.Time
}

// UnlockLogIn ends a lock before its time. Nothing happens when there was none.
//
// Refusals: NotFound, Forbidden.
type UnlockLogIn struct{ ID uuid.UUID }
