package session

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Session tells a session, to which a token belongs, from the others of its user.
type Session struct {
	ID           uuid.UUID `json:"id"`
	Kind         string    `json:"kind"` // see package commands
	SecondFactor bool      `json:"second_factor,omitempty"`
	About        []byte    `json:"about,omitempty"` // where it was begun from; sealed with the user's data key
	Ends         time.Time `json:"ends,omitzero"`   // when it is over, if its token is remembered for longer
}

// Listed is a session of a user's list: the token that it is known by, which may follow on others.
type Listed struct {
	Token
	Hash string
}

// List puts the token's session into its user's list, in place of the one of its id, until the token expires. It is to
// be done before the token is put: a session that is not in the list could not be ended.
func (s *Store) List(ctx context.Context, hash string, t Token) error {
	if !isHash(hash) {
		return ErrHash
	}
	return s.cells.put(ctx, listKey(t.User, t.Session.ID), []byte(t.Kind+"."+hash), t.Ends().Sub(s.now()))
}

// Sessions returns the sessions of the user whose tokens are there, in no order.
func (s *Store) Sessions(ctx context.Context, user uuid.UUID) ([]Listed, error) {
	keys, err := s.cells.keys(ctx, listKey(user, uuid.Nil))
	if err != nil {
		return nil, err
	}
	var out []Listed
	for _, key := range keys {
		l, err := s.listed(ctx, key)
		if err != nil {
			return nil, err
		}
		if l.Kind != "" {
			out = append(out, l)
		}
	}
	return out, nil
}

// Find returns the user's session of that id, and false when there is none.
func (s *Store) Find(ctx context.Context, user, id uuid.UUID) (Listed, bool, error) {
	if id == uuid.Nil {
		return Listed{}, false, nil
	}
	l, err := s.listed(ctx, listKey(user, id))
	return l, err == nil && l.Kind != "", err
}

// listed returns the session of a key, the zero Listed when its token is not there any more.
func (s *Store) listed(ctx context.Context, key string) (Listed, error) {
	c, err := s.cells.get(ctx, key)
	if err != nil || c.value == nil {
		return Listed{}, err
	}
	kind, hash, _ := strings.Cut(string(c.value), ".")
	t, ok, err := s.Get(ctx, kind, hash)
	if err != nil || ok {
		return Listed{t, hash}, err
	}
	return Listed{}, nil
}

// EndSession ends the token of the user's session, and takes it out of the list. One that is not there is no error.
func (s *Store) EndSession(ctx context.Context, user, id uuid.UUID) error {
	return s.unlist(ctx, listKey(user, id))
}

// EndSessions is EndSession for all of the user's sessions but the one of the id keep.
func (s *Store) EndSessions(ctx context.Context, user, keep uuid.UUID) error {
	keys, err := s.cells.keys(ctx, listKey(user, uuid.Nil))
	if err != nil {
		return err
	}
	for _, key := range keys {
		if key == listKey(user, keep) {
			continue
		}
		if err := s.unlist(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) unlist(ctx context.Context, key string) error {
	c, err := s.cells.get(ctx, key)
	if err != nil || c.value == nil {
		return err
	}
	kind, hash, _ := strings.Cut(string(c.value), ".")
	if err := s.Delete(ctx, kind, hash); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return s.cells.end(ctx, key)
}

// listKey returns the key of a session in its user's list; of the zero id, the pattern of all of them.
func listKey(user, id uuid.UUID) string {
	if id == uuid.Nil {
		return "of." + user.String() + ".*"
	}
	return "of." + user.String() + "." + id.String()
}
