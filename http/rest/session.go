package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/events/eventlog"
	"accountd/events/seal"
	"accountd/events/session"
)

// SessionCredential returns by what a session is known where other credentials are.
func SessionCredential(id uuid.UUID) string { return "session:" + id.String() }

// Keys gives the data keys of people. eventlog.Log implements it.
type Keys interface {
	Key(ctx context.Context, id events.KeyID) (seal.DataKey, error)
}

// Origin is where a session was begun from. It is data about a person: it is kept sealed, and gone with the person.
type Origin struct {
	Address   string `json:"address,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
}

// maxUserAgent is how much of it is kept, in bytes.
const maxUserAgent = 300

// NewSession returns what tells a session, begun by the request, from the others of its user.
func (s Service) NewSession(r *http.Request, u *commands.User, id uuid.UUID, kind string) (session.Session, error) {
	out := session.Session{ID: id, Kind: kind}
	if s.Keys == nil {
		return out, nil
	}
	key, err := s.Keys.Key(r.Context(), u.Key)
	if errors.Is(err, eventlog.ErrKeyGone) { // the person is erased
		return out, &commands.Refusal{Kind: commands.Forbidden, Reason: commands.ReasonInactive,
			Detail: "This account is not active."}
	}
	if err != nil {
		return out, fmt.Errorf("sealing where a session began: %w", err)
	}
	plain, err := json.Marshal(Origin{InfoOf(r.Context()).Address, shortened(r.UserAgent(), maxUserAgent)})
	if err != nil {
		return out, err
	}
	out.About = seal.Seal(key, plain, aboutSession(id))
	return out, nil
}

// shortened returns the text, of that many bytes at most, as valid UTF-8.
func shortened(text string, most int) string {
	if len(text) > most {
		text = text[:most]
		for !utf8.ValidString(text) && len(text) > most-utf8.UTFMax {
			text = text[:len(text)-1]
		}
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// aboutSession is what a sealed Origin is bound to.
func aboutSession(id uuid.UUID) []byte { return []byte("session " + id.String()) }

// OriginOf returns where the user's session was begun from, the zero Origin where that is not known.
func (s Service) OriginOf(ctx context.Context, u *commands.User, t session.Session) Origin {
	if s.Keys == nil || len(t.About) == 0 {
		return Origin{}
	}
	key, err := s.Keys.Key(ctx, u.Key)
	if err != nil {
		return Origin{}
	}
	plain, err := seal.Open(key, t.About, aboutSession(t.ID))
	if err != nil {
		return Origin{}
	}
	var out Origin
	_ = json.Unmarshal(plain, &out) // what cannot be read is not known
	return out
}

// SessionOf returns the session whose token has that hash.
func SessionOf(t session.Token, hash string) commands.Session {
	proven := t.ProvenAt
	if proven.IsZero() {
		proven = t.CreatedAt
	}
	return commands.Session{ID: t.Session.ID, Kind: t.Kind, Hash: hash, Since: t.Since, ProvenAt: proven,
		ExpiresAt: t.Ends(), Danube: t.Session.Kind == commands.SessionDanube}
}

// GrantOf returns what an application's token was given for.
func GrantOf(t session.Token) commands.Grant {
	return commands.Grant{User: t.User, Application: t.Application, Session: t.Session.ID, Consent: t.Consent,
		Since: t.Since, Membership: t.Membership, Secret: t.Secret}
}

// Holds reports whether the token is still one of its user's.
func Holds(s commands.States, l session.Listed, now time.Time) bool {
	if l.Application != uuid.Nil {
		return commands.TokenHolds(s, GrantOf(l.Token))
	}
	return SessionOf(l.Token, l.Hash).Holds(s.User(l.User), now)
}

// UserSessions returns the sessions of the user that are not over, in no order.
func (s Service) UserSessions(ctx context.Context, states commands.States, user uuid.UUID,
	now time.Time) ([]session.Listed, error) {
	all, err := s.Sessions.Sessions(ctx, user)
	if err != nil {
		return nil, err
	}
	kept := all[:0]
	for _, l := range all {
		if Holds(states, l, now) {
			kept = append(kept, l)
		}
	}
	return kept, nil
}

// EndSession ends one of the user's sessions: by the command, at once and everywhere, and then in the store.
func (s Service) EndSession(ctx context.Context, a commands.Actor, c commands.Command,
	ended commands.EndSession) (commands.Outcome, error) {
	out, err := s.Do(ctx, a, c)
	if err == nil {
		s.dropped(ctx, s.Sessions.EndSession(context.WithoutCancel(ctx), ended.ID, ended.Session))
	}
	return out, err
}

// EndSessions is EndSession for all of them.
func (s Service) EndSessions(ctx context.Context, a commands.Actor, c commands.Command,
	ended commands.EndSessions) (commands.Outcome, error) {
	out, err := s.Do(ctx, a, c)
	if err == nil {
		keep := uuid.Nil
		if ended.KeepsOwn {
			keep = a.Session.ID
		}
		s.dropped(ctx, s.Sessions.EndSessions(context.WithoutCancel(ctx), ended.ID, keep))
	}
	return out, err
}

// dropped notes that the store could not do what the log says already: nobody is hindered by it.
func (s Service) dropped(ctx context.Context, err error) {
	if err != nil {
		InfoOf(ctx).Failure = err
	}
}
