package oauth

import (
	"context"
	"errors"
	"strconv"
	"time"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events/session"
	"accountd/http/rest"
)

// How long things last.
const (
	accessLife  = time.Hour
	refreshLife = 30 * 24 * time.Hour
	codeLife    = 2 * time.Minute
	loginLife   = 12 * time.Hour
)

// The kinds of token in the store.
const (
	kindAccess  = "oauth-access"
	kindRefresh = "oauth-refresh" // by the family's hash
	kindCode    = "oauth-code"    // also when it was used, so that a second use is known
	kindLogin   = "oauth-login"   // of a browser
)

// The data that tokens have.
const (
	dataAccess    = "access"    // of a refresh token: the hash of the access token that came with it
	dataTurn      = "turn"      // of a refresh token: the hash of the turn that is good
	dataCode      = "code"      // of a refresh token: the hash of the code with which it began
	dataUsed      = "used"      // of a code: that it was
	dataRedirect  = "redirect"  // of a code: the redirect URI that its request named
	dataChallenge = "challenge" // of a code: RFC 7636's
	dataBrowser   = "browser"   // of a code: the log-in of the browser that it was given in
)

// tokens is what an application gets.
type tokens struct{ access, refresh string }

// issue gives the application tokens: the first ones of a grant.
func (s *Server) issue(r request, g grant) (tokens, error) {
	u, err := s.mayGetTokens(&r, &g)
	if err != nil {
		return tokens{}, err
	}
	of, err := s.NewSession(r.Request, u, g.Session, commands.SessionApplication)
	if err != nil {
		return tokens{}, err
	}
	of.SecondFactor = g.secondFactor
	access, accessHash := secrets.Token("")
	t := s.stamped(kindAccess, g.Grant, accessLife, nil)
	t.ProvenAt = g.provenAt
	if !g.refreshable {
		t.Session = of
		return tokens{access: access}, s.putListed(r.Context(), accessHash, t)
	}
	if err := s.store.Put(r.Context(), accessHash, t); err != nil {
		return tokens{}, err
	}
	fresh := newFamily()
	t = s.stamped(kindRefresh, g.Grant, refreshLife, map[string]string{dataAccess: accessHash,
		dataTurn: fresh.turnHash(), dataCode: g.code})
	t.Session, t.ProvenAt = of, g.provenAt
	return tokens{access, fresh.String()}, s.putListed(r.Context(), fresh.hash(), t)
}

// mayGetTokens returns the user for whom the application may get tokens now. It completes the grant, and the request.
func (s *Server) mayGetTokens(r *request, g *grant) (*commands.User, error) {
	var err error
	if r.states, err = s.states(); err != nil { // they may have moved on while a password was hashed
		return nil, err
	}
	if g.Secret == 0 { // else it was got with that one
		g.Secret = r.app.SecretSince
	}
	if err := commands.MayGetTokens(r.states, g.Grant); err != nil {
		return nil, err
	}
	return r.states.User(g.User), nil
}

// putListed puts a token by which a session of the user's is known.
func (s *Server) putListed(ctx context.Context, hash string, t session.Token) error {
	if err := s.store.List(ctx, hash, t); err != nil {
		return err
	}
	return s.store.Put(ctx, hash, t)
}

// stamped returns a token of the grant, which begins now; rest.GrantOf has the grant again.
func (s *Server) stamped(kind string, g commands.Grant, life time.Duration, data map[string]string) session.Token {
	now := s.opts.Now()
	return session.Token{Kind: kind, User: g.User, Application: g.Application, Scope: scopeAll, Since: g.Since,
		Consent:    g.Consent,
		Membership: g.Membership, Secret: g.Secret,
		Session:   session.Session{ID: g.Session, Kind: commands.SessionApplication},
		CreatedAt: now, ExpiresAt: now.Add(life), Data: data}
}

// endGrant ends all that came of one log-in or consent of the user, because of something that only happens when
// somebody else has a token of it. What it ends is void when it returns, whether the store can be reached or not.
func (s *Server) endGrant(r request, t session.Token, reason string) error {
	end := commands.EndSession{ID: t.User, Session: t.Session.ID, Kind: commands.SessionApplication,
		Application: t.Application, Reason: reason}
	i := rest.InfoOf(r.Context())
	by := commands.Service()
	by.Credential, by.Dialect, by.RequestID, by.TraceParent, by.At = credentialOf(t), i.Dialect, i.ID, i.TraceParent,
		s.opts.Now()
	_, err := s.EndSession(r.Context(), by, end, end)
	var refusal *commands.Refusal
	if errors.As(err, &refusal) && refusal.Kind == commands.NotFound { // the user is gone, and all tokens with it
		return nil
	}
	return err
}

func credentialOf(t session.Token) string { return "application:" + t.Application.String() }

// Actor returns who asks by an access token, and false for one that is not valid, or no more; see commands.TokenHolds.
// A trusted application's token comes of no log-in, so there is no session.
func (s *Server) Actor(ctx context.Context, states commands.States, token string) (commands.Actor, bool, error) {
	hash := secrets.Hash(token)
	t, ok, err := s.store.Get(ctx, kindAccess, hash)
	g := rest.GrantOf(t)
	if err != nil || !ok || !commands.TokenHolds(states, g) {
		return commands.Actor{}, false, err
	}
	a := commands.Actor{User: t.User, Application: t.Application, Grant: g, Credential: credentialOf(t),
		Permissions: commands.Whole()}
	if states.Directory().Application(t.Application).Kind != commands.ApplicationTrusted {
		a.Session = rest.SessionOf(t, hash)
	}
	now := s.opts.Now()
	s.UsedUntil(rest.SessionCredential(t.Session.ID), now, now.Add(refreshLife))
	return a, true, nil
}

// written returns a sequence as the purpose of a form has it, empty for none.
func written(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}
