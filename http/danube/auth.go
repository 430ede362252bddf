package danube

import (
	"net/http"
	"strings"
	"time"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
)

// authenticate finds out who asks: by an API key, or else by a token. Nobody may ask only where the view is open.
func (x *exchange) authenticate() error {
	if x.states = x.api.Snapshot(); x.states == nil {
		return &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
			Detail: "The service is still reading its log."}
	}
	if key := x.r.Header.Get("ES-API-KEY"); key != "" {
		return x.authenticateKey(key)
	}
	token, err := tokenIn(x.r.Header.Get("Authorization"))
	if err != nil {
		x.info.Unauthenticated = true
		return err
	}
	if token != "" {
		if err := x.authenticateToken(token); err != nil {
			return err
		}
	}
	if x.caller == nil && !x.view.open {
		return x.unknown(noCredentials)
	}
	return nil
}

// unknown refuses a request of which nobody knows who sent it. This API has no 401.
func (x *exchange) unknown(text string) error {
	x.info.Unauthenticated = true
	return detailed{http.StatusForbidden, text}
}

func (x *exchange) authenticateKey(key string) error {
	hash := secrets.Hash(key)
	u := x.states.UserByAPIKey(hash)
	k := keyOf(u, func(k commands.APIKey) bool { return k.Kind == commands.KeyDanube && k.Hash == events.Secret(hash) })
	switch {
	case k.Hash == "" || k.Expired(x.api.now()):
		return x.unknown("Invalid API key")
	case !u.APIAccess:
		return detailed{http.StatusForbidden, noAPIAccess}
	case !u.Usable():
		return forbidden()
	}
	x.byKey = true
	x.enter(u, "api-key:"+k.ID.String(), k.Permissions)
	x.api.Used(x.actor.Credential, x.api.now())
	return nil
}

// keyOf returns the first of the user's API keys that fits, the zero key when there is none.
func keyOf(u *commands.User, fits func(commands.APIKey) bool) commands.APIKey {
	if u != nil {
		for _, k := range u.APIKeys {
			if fits(k) {
				return k
			}
		}
	}
	return commands.APIKey{}
}

// tokenIn returns the token that the header presents, empty when it presents none.
func tokenIn(header string) (string, error) {
	parts := strings.Fields(header)
	switch {
	case len(parts) == 0 || !strings.EqualFold(parts[0], "Token"):
		return "", nil
	case len(parts) == 1:
		return "", detailed{http.StatusForbidden, "Invalid token header. No credentials provided."}
	case len(parts) > 2:
		return "", detailed{http.StatusForbidden, "Invalid token header. Token string should not contain spaces."}
	}
	return parts[1], nil
}

// How long a token is good for, and how much longer it is remembered, because a token that has ended and one that never
// was are refused in different words.
const (
	tokenTime  = time.Hour
	tokenGrace = 24 * time.Hour
	tokenKind  = "danube"
)

func (x *exchange) authenticateToken(token string) error {
	hash := secrets.Hash(token)
	t, ok, err := x.api.tokens.Get(x.ctx(), tokenKind, hash)
	if err != nil {
		return err
	}
	u, by := x.states.User(t.User), rest.SessionOf(t, hash)
	by.Danube = true
	switch {
	case !ok || !by.Holds(u, t.CreatedAt):
		return x.unknown("Invalid token.")
	case !x.api.now().Before(t.CreatedAt.Add(tokenTime)):
		return nil // which counts as nothing given
	case !u.Usable():
		return detailed{http.StatusForbidden, "User inactive or deleted."}
	case !u.APIAccess:
		return detailed{http.StatusForbidden, noAPIAccess}
	}
	x.enter(u, rest.SessionCredential(by.ID), events.Permissions{})
	x.actor.Session, x.actor.At = by, x.api.now()
	x.api.UsedUntil(x.actor.Credential, x.actor.At, t.Ends())
	return nil
}

// enter makes the user the caller, in the datacenter that everybody begins in.
func (x *exchange) enter(u *commands.User, credential string, p events.Permissions) {
	x.caller = u
	x.actor = rest.Identify(x.r, commands.Actor{User: u.ID, Credential: credential, Permissions: commands.Granted(p)})
	x.dc = x.home()
}

// home returns the datacenter that calls are made in unless they are about a user who is bound to another one.
func (x *exchange) home() *commands.Datacenter {
	for _, d := range x.states.Directory().Datacenters() {
		if d.Number == commands.MainDatacenterNumber {
			return d
		}
	}
	return &commands.Datacenter{Entity: commands.Entity{Number: commands.MainDatacenterNumber, Name: "main"}}
}
