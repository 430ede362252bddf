package mailer

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"accountd/events"
)

const (
	passwordFor  = time.Hour // that a password is kept
	maxPasswords = 1024
)

// passwords are those of new users whose mail says them, in memory alone. It is safe for concurrent use.
type passwords struct {
	mu  sync.Mutex
	all map[uuid.UUID]kept
}

type kept struct {
	password events.Secret
	until    time.Time
}

// keep remembers a password for a while, unless there are too many already.
func (p *passwords) keep(user uuid.UUID, password events.Secret, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, k := range p.all {
		if now.After(k.until) {
			delete(p.all, id)
		}
	}
	if p.all == nil {
		p.all = map[uuid.UUID]kept{}
	}
	if len(p.all) < maxPasswords {
		p.all[user] = kept{password, now.Add(passwordFor)}
	}
}

// of returns the user's password while it is kept, empty otherwise.
func (p *passwords) of(user uuid.UUID, now time.Time) events.Secret {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.all[user]; ok && now.Before(k.until) {
		return k.password
	}
	return ""
}

func (p *passwords) forget(user uuid.UUID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, user)
}
