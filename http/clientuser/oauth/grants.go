package oauth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events/session"
	"accountd/http/rest"
)

// byCredentials gives a trusted application a token of the user who made it.
func (s *Server) byCredentials(r request) (tokens, error) {
	g := commands.Grant{User: r.app.User, Application: r.app.ID, Session: r.app.ID}
	if u := r.states.User(g.User); u != nil {
		g.Membership, g.Since = u.MemberSince, u.EndedSince(r.app.ID)
	}
	return s.issue(r, grant{Grant: g})
}

// byPassword gives a token of the user whose name and password the application presents.
func (s *Server) byPassword(r request) (tokens, error) {
	name, err := r.need("username")
	if err != nil {
		return tokens{}, err
	}
	password, err := r.need("password")
	if err != nil {
		return tokens{}, err
	}
	u, err := s.verify(r.Request, name, password, r.get(codeParameter))
	if failureOf(err) == failedCode { // of which clients know nothing
		return tokens{}, invalidGrant("Name or password is wrong.")
	}
	if err != nil {
		return tokens{}, err
	}
	g := commands.Grant{User: u.ID, Application: r.app.ID, Session: uuid.New(), Since: u.LogInsSince,
		Membership: u.MemberSince}
	return s.issue(r, grant{Grant: g, secondFactor: u.NeedsCode(), refreshable: true})
}

// byCode gives a token for a code, once. A code that comes a second time was stolen, before or after: what it gave is
// void, and what it is giving at this moment will be.
func (s *Server) byCode(r request) (tokens, error) {
	code, err := r.need("code")
	if err != nil {
		return tokens{}, err
	}
	hash, again := secrets.Hash(code), false
	t, ok, err := s.store.Change(r.Context(), kindCode, hash, func(t *session.Token) bool {
		if again = t.Data[dataUsed] != ""; again {
			return false
		}
		t.Data[dataUsed], t.ExpiresAt = "yes", s.opts.Now().Add(refreshLife) // as long as what it gives
		return true
	})
	if err == nil && again {
		err = s.endGrant(r, t, commands.EndedByCode)
	}
	switch {
	case err != nil:
		return tokens{}, err
	case !ok || again:
		return tokens{}, failure{400, codeInvalidGrant, "The code is unknown, has expired or was used."}
	}
	if err := r.matches(t); err != nil {
		return tokens{}, err
	}
	if err := s.stillLoggedIn(t); err != nil {
		return tokens{}, err
	}
	return s.issue(r, grant{Grant: rest.GrantOf(t), code: hash, secondFactor: t.Session.SecondFactor,
		provenAt: t.ProvenAt, refreshable: true})
}

// matches refuses a code that was given to another application, for another redirect URI, or to somebody who can prove
// what the request cannot (RFC 7636).
func (r request) matches(t session.Token) error {
	verifier := r.get("code_verifier")
	sum := sha256.Sum256([]byte(verifier))
	proof := base64.RawURLEncoding.EncodeToString(sum[:])
	switch challenge := t.Data[dataChallenge]; {
	case t.Application != r.app.ID:
		return failure{400, codeInvalidGrant, "The code is unknown, has expired or was used."}
	case t.Data[dataRedirect] != "" && t.Data[dataRedirect] != r.get("redirect_uri"):
		return failure{400, codeInvalidGrant, "The redirect_uri is not that of the code's request."}
	case challenge == "" && verifier != "", challenge != "" && challenge != proof:
		return failure{400, codeInvalidGrant, "The code_verifier does not fit."}
	}
	return nil
}

// stillLoggedIn refuses a code of a browser whose log-in somebody has ended since.
func (s *Server) stillLoggedIn(code session.Token) error {
	states, err := s.states()
	if err != nil {
		return err
	}
	browser, err := uuid.Parse(code.Data[dataBrowser])
	if u := states.User(code.User); err != nil || u == nil || u.EndedSince(browser) > code.Since {
		return failure{400, codeInvalidGrant, "The log-in by which the code was given has ended."}
	}
	return nil
}

// byRefresh gives new tokens for a refresh token, which is used up by it, and so is the access token that came with it.
// One that comes a second time was stolen, before or after: it ends its family (RFC 9700, section 4.14).
func (s *Server) byRefresh(r request) (tokens, error) {
	text, err := r.need("refresh_token")
	if err != nil {
		return tokens{}, err
	}
	shown, ok := parseRefresh(text)
	if !ok {
		return tokens{}, refusedRefresh()
	}
	t, ok, err := s.store.Get(r.Context(), kindRefresh, shown.hash())
	if err != nil || !ok || t.Application != r.app.ID {
		return tokens{}, or(err, refusedRefresh())
	}
	if t.Data[dataTurn] != shown.turnHash() {
		return tokens{}, s.reused(r, t)
	}
	g := grant{Grant: rest.GrantOf(t)}
	if _, err := s.mayGetTokens(&r, &g); err != nil {
		return tokens{}, err
	}
	return s.turn(r, g, shown)
}

// reused ends what came of the grant whose refresh token comes a second time.
func (s *Server) reused(r request, t session.Token) error {
	return or(s.endGrant(r, t, commands.EndedByRefresh), refusedRefresh())
}

// turn replaces the refresh token by the next one of its family, with an access token. Of all who bring it one gets
// them, and the family ends by the others.
func (s *Server) turn(r request, g grant, shown refreshToken) (tokens, error) {
	access, accessHash := secrets.Token("")
	if err := s.store.Put(r.Context(), accessHash, s.stamped(kindAccess, g.Grant, accessLife, nil)); err != nil {
		return tokens{}, err
	}
	next, before, again := shown.next(), "", false
	t, ok, err := s.store.Change(r.Context(), kindRefresh, shown.hash(), func(t *session.Token) bool {
		if again = t.Data[dataTurn] != shown.turnHash(); again {
			return false
		}
		before = t.Data[dataAccess]
		t.Data[dataAccess], t.Data[dataTurn], t.ExpiresAt = accessHash, next.turnHash(), s.opts.Now().Add(refreshLife)
		return true
	})
	switch {
	case err != nil:
		return tokens{}, err
	case !ok:
		return tokens{}, refusedRefresh()
	case again:
		return tokens{}, s.reused(r, t)
	}
	if err := s.store.Delete(r.Context(), kindAccess, before); err != nil {
		return tokens{}, err
	}
	return tokens{access, next.String()}, s.prolong(r.Context(), shown.hash(), t)
}

// prolong keeps what the family is listed by, and the code with which it began, as long as the family.
func (s *Server) prolong(ctx context.Context, family string, t session.Token) error {
	if err := s.store.List(ctx, family, t); err != nil || t.Data[dataCode] == "" {
		return err
	}
	_, _, err := s.store.Change(ctx, kindCode, t.Data[dataCode], func(code *session.Token) bool {
		code.ExpiresAt = t.ExpiresAt
		return true
	})
	return err
}

func refusedRefresh() error {
	return invalidGrant("The refresh token is unknown, has expired, was used or was revoked.")
}

func or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// grant is what tokens are given for.
type grant struct {
	commands.Grant
	code         string    // the hash of the code with which it began, empty for none
	secondFactor bool      // a code of one was given
	provenAt     time.Time // when the password was given; zero: just now
	refreshable  bool
}
