package call

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/rest"
	"accountd/projections"
)

// KeyKind is the kind of the API keys that open this API.
const KeyKind = "native"

const (
	TokenPrefix = "acct_"
	tokenLength = len(TokenPrefix) + 43
)

// NewToken returns a fresh token for this API, "acct_" and 43 characters of base64url, and the hash by which an
// events.APIKey of kind native knows it.
func NewToken() (token, hash string) { return secrets.Token(TokenPrefix) }

// Caller is who asks, and everything as it stood when that was found out.
type Caller struct {
	commands.Actor
	States  *projections.Snapshot
	request *requestSecret // of a request with an idempotency key; nil otherwise
	ifMatch condition
}

// Scope returns whose accounts the caller may see.
func (c Caller) Scope() commands.Scope { return commands.VisibleUsers(c.States, c.Actor) }

// Refusal returns why the command would be refused now, nil when it would not.
func (c Caller) Refusal(cmd commands.Command) error {
	_, err := commands.Decide(c.States, c.Actor, cmd)
	return err
}

// Handler is a call by somebody who is known.
type Handler func(w http.ResponseWriter, r *http.Request, c Caller) error

// MinSequenceHeader is where a request names a sequence that its answer has to know of.
const MinSequenceHeader = "Min-Account-Sequence"

// Authenticated lets the handler answer when the request has a valid token, once the sequence that the request asks for
// is there. Who has none gets the same answer whatever is asked for: how far the log is is nobody's business.
func (k *Kernel) Authenticated(h Handler) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		token, err := bearer(r)
		if err != nil {
			return err
		}
		c, err := k.identifyAsOf(r, token)
		if err != nil {
			return err
		}
		if err := k.limit(w, c.User); err != nil {
			return err
		}
		c.ifMatch = conditionOf(r)
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
	if len(token) != tokenLength || !strings.HasPrefix(token, TokenPrefix) && !isSessionToken(token) {
		return "", BadToken()
	}
	return token, nil
}

// BadToken says the same of every token that does not open the API, so that who found one learns nothing about it.
func BadToken() error {
	return rest.RequestError{Status: http.StatusUnauthorized, Reason: reasonBadToken,
		Detail: "The token is unknown, has expired, or may not be used from here."}
}

const reasonBadToken = "token_invalid"

// identifyAsOf returns who asks, on states that have the sequence that the request asks for.
func (k *Kernel) identifyAsOf(r *http.Request, token string) (Caller, error) {
	c, err := k.Identify(r, token)
	text := r.Header.Get(MinSequenceHeader)
	if text == "" {
		return c, err
	}
	if rest.FaultOf(err).Reason == reasonBadToken && k.followed(r.Context()) {
		c, err = k.Identify(r, token)
	}
	if err != nil {
		return c, err
	}
	if err := k.catchUp(r.Context(), text); err != nil {
		return c, err
	}
	return k.Identify(r, token)
}

// followed reports whether the views have come to where the log ends now, waiting for it a bounded time: a token may be
// that new where other instances write. It does not look at what the request asks for, which the time that it takes
// would tell of.
func (k *Kernel) followed(ctx context.Context) bool {
	if k.Newest == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, k.MaxWait)
	defer cancel()
	last, err := k.Newest(ctx)
	return err == nil && k.reach(ctx, last)
}

func (k *Kernel) catchUp(ctx context.Context, text string) error {
	sequence, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return BadHeader(MinSequenceHeader, "sequence_invalid", "A sequence is a whole number.")
	}
	if !k.reach(ctx, sequence) {
		return &commands.Refusal{Kind: commands.Busy, Reason: "sequence_not_reached",
			Detail: "This instance has not come to that sequence yet."}
	}
	return nil
}

// reach reports whether the views have applied the sequence, waiting for it a bounded time.
func (k *Kernel) reach(ctx context.Context, sequence uint64) bool {
	if k.View.Position() >= sequence {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, k.MaxWait)
	defer cancel()
	return k.View.Wait(ctx, sequence) == nil
}

// Identify returns who asks with the token, as everything stands now.
func (k *Kernel) Identify(r *http.Request, token string) (Caller, error) {
	states, err := k.States()
	if err != nil {
		return Caller{}, err
	}
	by := k.byKey
	if isSessionToken(token) {
		by = k.bySession
	}
	u, actor, err := by(r, states, token)
	if err != nil {
		return Caller{}, err
	}
	actor = rest.Identify(r, actor)
	actor.At = k.Now()
	if !u.Usable() {
		return Caller{}, &commands.Refusal{Kind: commands.Forbidden, Reason: commands.ReasonInactive,
			Detail: "Your account is not active."}
	}
	return Caller{Actor: actor, States: states}, nil
}

// byKey returns who asks by an API key.
func (k *Kernel) byKey(r *http.Request, states commands.States, token string) (*commands.User, commands.Actor, error) {
	hash := secrets.Hash(token)
	u := states.UserByAPIKey(hash)
	if u == nil {
		return nil, commands.Actor{}, BadToken()
	}
	key := u.APIKeyOpened(hash, k.Now())
	from, _ := netip.ParseAddr(rest.InfoOf(r.Context()).Address) // unknown: only keys open to all addresses allow it
	if key.Kind != KeyKind || !key.Allows(k.Now(), from) {
		return nil, commands.Actor{}, BadToken()
	}
	k.Usage.Used(CredentialOf(key), k.Now())
	return u, commands.Actor{User: u.ID, Credential: CredentialOf(key), Permissions: commands.Granted(key.Permissions),
		Secret: events.Secret(hash)}, nil
}

// CredentialOf returns the key's public id.
func CredentialOf(k commands.APIKey) string { return "api-key:" + k.ID.String() }

// States returns everything as it stands now, or a Refusal while the service still reads its log.
func (k *Kernel) States() (*projections.Snapshot, error) {
	if s := k.Snapshot(); s != nil {
		return s, nil
	}
	return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
		Detail: "The service is still reading its log."}
}

// Tokens of sessions, and the kind under which they are stored.
const (
	SessionPrefix = "acse_" // what is behind it is as long as that of a key
	SessionKind   = "native-session"
)

// bySession returns who asks by a session's token, with everything that the user may do.
func (k *Kernel) bySession(r *http.Request, states commands.States, token string) (*commands.User, commands.Actor,
	error) {
	hash := secrets.Hash(token)
	t, ok, err := k.Sessions.Get(r.Context(), SessionKind, hash)
	if err != nil {
		return nil, commands.Actor{}, err
	}
	u := states.User(t.User)
	by := rest.SessionOf(t, hash)
	if u != nil && !u.Usable() {
		by.Since = max(by.Since, u.DisabledSince) // who holds it is told that the account is not active
	}
	if !ok || !by.Holds(u, k.Now()) {
		return nil, commands.Actor{}, BadToken()
	}
	k.Usage.UsedUntil(rest.SessionCredential(by.ID), k.Now(), t.ExpiresAt)
	return u, commands.Actor{User: u.ID, Credential: rest.SessionCredential(by.ID), Permissions: commands.Whole(),
		Session: by}, nil
}

func isSessionToken(token string) bool { return strings.HasPrefix(token, SessionPrefix) }
