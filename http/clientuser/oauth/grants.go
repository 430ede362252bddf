package oauth

import (
	"crypto/sha256"
	"encoding/base64"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events/session"
)

// byCredentials gives a trusted application a token of the user who made it.
func (s *Server) byCredentials(r request) (tokens, error) {
	g := commands.Grant{User: r.app.User, Application: r.app.ID}
	if u := r.states.User(g.User); u != nil {
		g.Membership = u.MemberSince
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
	return s.issue(r, grant{Grant: commands.Grant{User: u.ID, Application: r.app.ID, Since: u.LogInsSince, Membership: u.MemberSince}, refreshable: true})
}

// byCode gives a token for a code, once. A code that comes a second time was stolen, before or after: what it gave is void.
func (s *Server) byCode(r request) (tokens, error) {
	code, err := r.need("code")
	if err != nil {
		return tokens{}, err
	}
	hash := secrets.Hash(code)
	t, ok, err := s.Sessions.Take(r.Context(), kindCode, hash)
	if err != nil {
		return tokens{}, err
	}
	if !ok {
		if err := s.revoke(r.Context(), hash); err != nil {
			return tokens{}, err
		}
		return tokens{}, failure{400, codeInvalidGrant, "The code is unknown, has expired or was used."}
	}
	if err := r.matches(t); err != nil {
		return tokens{}, err
	}
	return s.issue(r, grant{Grant: grantOf(t), code: hash, refreshable: true})
}

// matches refuses a code that was given to another application, for another redirect URI, or to somebody who can prove what
// the request cannot (RFC 7636).
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

// byRefresh gives new tokens for a refresh token, which is used up by it, and so is the access token that came with it.
func (s *Server) byRefresh(r request) (tokens, error) {
	token, err := r.need("refresh_token")
	if err != nil {
		return tokens{}, err
	}
	hash := secrets.Hash(token)
	t, ok, err := s.Sessions.Get(r.Context(), kindRefresh, hash)
	if err != nil {
		return tokens{}, err
	}
	if !ok || t.Application != r.app.ID {
		return tokens{}, refusedRefresh()
	}
	if t, ok, err = s.Sessions.Take(r.Context(), kindRefresh, hash); err != nil || !ok {
		return tokens{}, or(err, refusedRefresh())
	}
	if err := s.Sessions.Delete(r.Context(), kindAccess, t.Data[dataAccess]); err != nil {
		return tokens{}, err
	}
	return s.issue(r, grant{Grant: grantOf(t), code: t.Data[dataCode], refreshable: true})
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
	code        string // the hash of the code with which it began, empty for none
	refreshable bool
}
