package oauth

import (
	"crypto/subtle"
	"net/http"
	"net/url"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/http/rest"
	"accountd/projections"
)

// The grants, as they are named on the wire.
const (
	grantCode        = "authorization_code"
	grantCredentials = "client_credentials"
	grantPassword    = "password"
	grantRefresh     = "refresh_token"
)

// request is a token request of an application that has proved who it is.
type request struct {
	*http.Request
	parameters
	app    *commands.Application
	states *projections.Snapshot
}

// token answers POST /oauth/token.
func (s *Server) token(w http.ResponseWriter, r *http.Request) error {
	p, err := readParameters(w, r)
	if err != nil {
		return err
	}
	if err := p.check("grant_type", "client_id", "client_secret", "code", "redirect_uri", "refresh_token", "username",
		"password", codeParameter, "code_verifier"); err != nil {
		return err
	}
	kind, err := p.need("grant_type")
	if err != nil {
		return err
	}
	answer := s.grants()[kind]
	if answer == nil {
		return failure{http.StatusBadRequest, codeUnsupportedGrant, "There is no such grant type."}
	}
	states, err := s.states()
	if err != nil {
		return err
	}
	app, err := application(states, r, p)
	if err != nil {
		return err
	}
	if !mayUse(app, kind) {
		return failure{http.StatusBadRequest, codeUnauthorizedClient,
			"An application of this type does not use this grant type."}
	}
	t, err := answer(request{Request: r, parameters: p, app: app, states: states})
	if err != nil {
		return err
	}
	t.write(w)
	return nil
}

func (s *Server) grants() map[string]func(request) (tokens, error) {
	return map[string]func(request) (tokens, error){
		grantCode: s.byCode, grantCredentials: s.byCredentials, grantPassword: s.byPassword, grantRefresh: s.byRefresh,
	}
}

// mayUse reports whether the application's type goes with the grant.
func mayUse(app *commands.Application, grant string) bool {
	switch app.Kind {
	case commands.ApplicationTrusted:
		return grant == grantCredentials
	case commands.ApplicationPublic:
		return grant == grantCode || grant == grantRefresh
	}
	return grant == grantPassword || grant == grantRefresh
}

// application returns the application that presents its id and secret, as parameters or in the header. An unknown id
// and a wrong secret are the same.
func application(s *projections.Snapshot, r *http.Request, p parameters) (*commands.Application, error) {
	id, secret := p.get("client_id"), p.get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = unescaped(user), unescaped(password)
	}
	app := s.Directory().ApplicationByAppID(id)
	hash := secrets.Hash(secret)
	if app == nil || subtle.ConstantTimeCompare([]byte(hash), []byte(app.SecretHash.Reveal())) == 0 {
		return nil, failure{http.StatusUnauthorized, codeInvalidClient,
			"The application is unknown or its secret is wrong."}
	}
	return app, nil
}

func unescaped(s string) string {
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

// write writes the answer that has the tokens.
func (t tokens) write(w http.ResponseWriter) {
	j := rest.NewJSON(256).Open('{')
	defer j.Free()
	j.Key("access_token").String(t.access).Key("token_type").String("Bearer").
		Key("expires_in").Int(int64(accessLife.Seconds()))
	if t.refresh != "" {
		j.Key("refresh_token").String(t.refresh)
	} else {
		j.Key("scope").String(scopeAll)
	}
	w.Header().Set("Pragma", "no-cache") // RFC 6749 wants it beside Cache-Control
	rest.WriteJSON(w, http.StatusOK, j.Close('}').Bytes())
}

// scopeAll is the only scope there is: what an application may do is its own level of access.
const scopeAll = "all"
