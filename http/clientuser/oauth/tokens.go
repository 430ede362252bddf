package oauth

import (
	"context"
	"maps"
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
	kindRefresh = "oauth-refresh"
	kindCode    = "oauth-code"
	kindUsed    = "oauth-code-used" // by the code's hash: what the code gave
	kindLogin   = "oauth-login"     // of a browser
)

// The data that tokens have.
const (
	dataConsent   = "consent"   // the consent's sequence
	dataMember    = "member"    // that of the user's membership
	dataSecret    = "secret"    // that of the application's secret
	dataAccess    = "access"    // of a refresh token: the hash of the access token that came with it
	dataRefresh   = "refresh"   // of a used code: the hash of the refresh token that it gave last
	dataCode      = "code"      // of a refresh token: the hash of the code with which it began
	dataRedirect  = "redirect"  // of a code: the redirect URI that its request named
	dataChallenge = "challenge" // of a code: RFC 7636's
)

// tokens is what an application gets.
type tokens struct{ access, refresh string }

// issue gives the application tokens.
func (s *Server) issue(r request, g grant) (tokens, error) {
	var err error
	if r.states, err = s.states(); err != nil { // they may have moved on while a password was hashed
		return tokens{}, err
	}
	if g.Secret == 0 { // else it was got with that one
		g.Secret = r.app.SecretSince
	}
	if err := commands.MayGetTokens(r.states, g.Grant); err != nil {
		return tokens{}, err
	}
	access, accessHash := secrets.Token("")
	if err := s.put(r.Context(), accessHash, s.stamped(kindAccess, g.Grant, accessLife, nil)); err != nil {
		return tokens{}, err
	}
	if !g.refreshable {
		return tokens{access: access}, nil
	}
	refresh, refreshHash := secrets.Token("")
	data := map[string]string{dataAccess: accessHash, dataCode: g.code}
	if err := s.put(r.Context(), refreshHash, s.stamped(kindRefresh, g.Grant, refreshLife, data)); err != nil {
		return tokens{}, err
	}
	if g.code != "" {
		data = map[string]string{dataRefresh: refreshHash}
		if err := s.put(r.Context(), g.code, s.stamped(kindUsed, g.Grant, refreshLife, data)); err != nil {
			return tokens{}, err
		}
	}
	return tokens{access, refresh}, nil
}

func (s *Server) put(ctx context.Context, hash string, t session.Token) error {
	return s.Sessions.Put(ctx, hash, t)
}

// stamped returns a token of the grant, which begins now; grantOf has the grant again.
func (s *Server) stamped(kind string, g commands.Grant, life time.Duration, data map[string]string) session.Token {
	now := s.opts.Now()
	t := session.Token{Kind: kind, User: g.User, Application: g.Application, Scope: scopeAll, Since: g.Since, CreatedAt: now, ExpiresAt: now.Add(life),
		Data: map[string]string{dataConsent: written(g.Consent), dataMember: written(g.Membership), dataSecret: written(g.Secret)}}
	maps.Copy(t.Data, data)
	return t
}

func grantOf(t session.Token) commands.Grant {
	return commands.Grant{User: t.User, Application: t.Application, Consent: sequence(t.Data[dataConsent]), Since: t.Since,
		Membership: sequence(t.Data[dataMember]), Secret: sequence(t.Data[dataSecret])}
}

// revoke ends what the code of that hash gave, if it gave anything.
func (s *Server) revoke(ctx context.Context, code string) error {
	used, ok, err := s.Sessions.Take(ctx, kindUsed, code)
	if err != nil || !ok {
		return err
	}
	refresh, ok, err := s.Sessions.Take(ctx, kindRefresh, used.Data[dataRefresh])
	if err != nil || !ok {
		return err
	}
	return s.Sessions.Delete(ctx, kindAccess, refresh.Data[dataAccess])
}

// Actor returns who asks by an access token, and false for one that is not valid, or no more; see commands.TokenHolds.
// A trusted application's token comes of no log-in, so there is no session.
func (s *Server) Actor(ctx context.Context, states commands.States, token string) (commands.Actor, bool, error) {
	t, ok, err := s.Sessions.Get(ctx, kindAccess, secrets.Hash(token))
	g := grantOf(t)
	if err != nil || !ok || !commands.TokenHolds(states, g) {
		return commands.Actor{}, false, err
	}
	a := commands.Actor{User: t.User, Application: t.Application, Grant: g, Credential: "application:" + t.Application.String(),
		Permissions: commands.Whole()}
	if states.Directory().Application(t.Application).Kind != commands.ApplicationTrusted {
		a.Session = rest.SessionOf(t, secrets.Hash(token))
	}
	return a, true, nil
}

// written returns a sequence as a token has it, empty for none.
func written(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// sequence reads what written writes; there is no Record 0.
func sequence(s string) uint64 {
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}
