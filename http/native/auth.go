package native

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/http/rest"
	"accountd/projections"
)

// keyKind is the kind of the API keys that open this API.
const keyKind = "native"

const (
	tokenPrefix = "acct_"
	tokenLength = len(tokenPrefix) + 43
)

// NewToken returns a fresh token for this API, "acct_" and 43 characters of base64url, and the hash by which an
// events.APIKey of kind native knows it.
func NewToken() (token, hash string) { return secrets.Token(tokenPrefix) }

// caller is who asks, and everything as it stood when that was found out.
type caller struct {
	commands.Actor
	states  *projections.Snapshot
	request *requestSecret // of a request with an idempotency key; nil otherwise
}

// scope returns whose accounts the caller may see.
func (c caller) scope() commands.Scope { return commands.VisibleUsers(c.states, c.Actor) }

// refusal returns why the command would be refused now, nil when it would not.
func (c caller) refusal(cmd commands.Command) error {
	_, err := commands.Decide(c.states, c.Actor, cmd)
	return err
}

// handler is a call by somebody who is known.
type handler func(w http.ResponseWriter, r *http.Request, c caller) error

const minSequenceHeader = "Min-Account-Sequence"

// authenticated lets the handler answer when the request has a valid token, once the sequence that the request asks for is there.
// Who has none gets the same answer whatever is asked for: how far the log is is nobody's business.
func (a *api) authenticated(h handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		token, err := bearer(r)
		if err != nil {
			return err
		}
		c, err := a.identifyAsOf(r, token)
		if err != nil {
			return err
		}
		if err := a.limit(w, c.User); err != nil {
			return err
		}
		return h(w, r, c)
	}
}

func bearer(r *http.Request) (string, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", rest.RequestError{Status: http.StatusUnauthorized, Reason: "token_required",
			Detail: "This request needs a token, as Authorization: Bearer."}
	}
	token = strings.TrimSpace(token)
	if len(token) != tokenLength || !strings.HasPrefix(token, tokenPrefix) && !isSessionToken(token) {
		return "", badToken()
	}
	return token, nil
}

// badToken says the same of every token that does not open the API, so that who found one learns nothing about it.
func badToken() error {
	return rest.RequestError{Status: http.StatusUnauthorized, Reason: reasonBadToken,
		Detail: "The token is unknown, has expired, or may not be used from here."}
}

const reasonBadToken = "token_invalid"

// identifyAsOf returns who asks, on states that have the sequence that the request asks for.
func (a *api) identifyAsOf(r *http.Request, token string) (caller, error) {
	c, err := a.identify(r, token)
	text := r.Header.Get(minSequenceHeader)
	if text == "" {
		return c, err
	}
	if rest.FaultOf(err).Reason == reasonBadToken && a.followed(r.Context()) {
		c, err = a.identify(r, token)
	}
	if err != nil {
		return c, err
	}
	if err := a.catchUp(r.Context(), text); err != nil {
		return c, err
	}
	return a.identify(r, token)
}

// followed reports whether the views have come to where the log ends now, waiting for it a bounded time: a token may be that new
// where other instances write. It does not look at what the request asks for, which the time that it takes would tell of.
func (a *api) followed(ctx context.Context) bool {
	if a.Newest == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, a.maxWait)
	defer cancel()
	last, err := a.Newest(ctx)
	return err == nil && a.reach(ctx, last)
}

func (a *api) catchUp(ctx context.Context, text string) error {
	sequence, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return badHeader(minSequenceHeader, "sequence_invalid", "A sequence is a whole number.")
	}
	if !a.reach(ctx, sequence) {
		return &commands.Refusal{Kind: commands.Busy, Reason: "sequence_not_reached",
			Detail: "This instance has not come to that sequence yet."}
	}
	return nil
}

// reach reports whether the views have applied the sequence, waiting for it a bounded time.
func (a *api) reach(ctx context.Context, sequence uint64) bool {
	if a.View.Position() >= sequence {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, a.maxWait)
	defer cancel()
	return a.View.Wait(ctx, sequence) == nil
}

func (a *api) identify(r *http.Request, token string) (caller, error) {
	states, err := a.states()
	if err != nil {
		return caller{}, err
	}
	by := a.byKey
	if isSessionToken(token) {
		by = a.bySession
	}
	u, actor, err := by(r, states, token)
	if err != nil {
		return caller{}, err
	}
	actor = rest.Identify(r, actor)
	actor.At = a.now()
	if !u.Usable() {
		return caller{}, &commands.Refusal{Kind: commands.Forbidden, Reason: commands.ReasonInactive, Detail: "Your account is not active."}
	}
	return caller{Actor: actor, states: states}, nil
}

// byKey returns who asks by an API key.
func (a *api) byKey(r *http.Request, states commands.States, token string) (*commands.User, commands.Actor, error) {
	hash := secrets.Hash(token)
	u := states.UserByAPIKey(hash)
	if u == nil {
		return nil, commands.Actor{}, badToken()
	}
	key := u.APIKeyOpened(hash, a.now())
	from, _ := netip.ParseAddr(rest.InfoOf(r.Context()).Address) // unknown: only keys open to all addresses allow it
	if key.Kind != keyKind || !key.Allows(a.now(), from) {
		return nil, commands.Actor{}, badToken()
	}
	a.Usage.Used(credentialOf(key), a.now())
	return u, commands.Actor{User: u.ID, Credential: credentialOf(key), Permissions: commands.Granted(key.Permissions), Until: key.SecretUntil(hash)}, nil
}

// credentialOf returns the key's public id.
func credentialOf(k commands.APIKey) string { return "api-key:" + k.ID.String() }

// states returns everything as it stands now, or a Refusal while the service still reads its log.
func (a *api) states() (*projections.Snapshot, error) {
	if s := a.Snapshot(); s != nil {
		return s, nil
	}
	return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready", Detail: "The service is still reading its log."}
}
