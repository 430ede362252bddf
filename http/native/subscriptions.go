package native

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/subscription"
	"accountd/events"
	"accountd/events/feed"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) subscriptionCalls() call.Noun {
	const all, one = "/v1/subscriptions", "/v1/subscriptions/:name"
	null := openapi.Nullable
	start := openapi.Or(openapi.Text(startAll, startNew), openapi.Schema{"type": "integer", "minimum": 1},
		openapi.Form("date-time"), openapi.Schema{"type": "null"})
	made := openapi.Object(map[string]openapi.Schema{"name!": openapi.Matching(`[a-z0-9][a-z0-9_-]{0,63}`),
		"types": null(openapi.List(openapi.EventType())),
		"users": null(openapi.List(openapi.Form("uuid"))), "aggregates": null(openapi.List(openapi.Aggregate())),
		"start": start})
	return call.Noun{
		Tag: openapi.Tag{Name: "Subscriptions",
			About: "Durable consumers by which other services read events from NATS."},
		Calls: []call.Call{
			{Method: http.MethodGet, Path: all, Handle: call.ReadsDirectory(a.listSubscriptions),
				Doc: openapi.Operation{Summary: "List subscriptions", Query: call.Paged(),
					Answer: call.ListAnswer[subscriptionAnswer]{}}},
			{Method: http.MethodPost, Path: all, Handle: call.ReadsDirectory(a.createSubscription),
				Changes: call.Unlogged,
				Doc: openapi.Operation{Summary: "Create a subscription", Body: made, Answer: newSubscriptionAnswer{},
					Status:  http.StatusCreated,
					Example: map[string]any{"name": "crm", "types": []string{events.UserCreated{}.Type()}}}},
			{Method: http.MethodGet, Path: one, Handle: call.ReadsDirectory(a.getSubscription),
				Doc: openapi.Operation{Summary: "Show a subscription", Answer: subscriptionAnswer{}}},
			{Method: http.MethodDelete, Path: one, Handle: call.ReadsDirectory(a.deleteSubscription),
				Changes: call.Unlogged,
				Doc:     openapi.Operation{Summary: "Delete a subscription"}},
			{Method: http.MethodPost, Path: one + "/secret", Handle: call.ReadsDirectory(a.rotateSubscriptionSecret),
				Changes: call.Unlogged,
				Doc: openapi.Operation{Summary: "Rotate the password of a subscription's NATS user",
					Body: openapi.Object(map[string]openapi.Schema{}), Answer: newSubscriptionAnswer{}}},
		},
	}
}

type subscriptionAnswer struct {
	Name           string          `json:"name"`
	Types          []string        `json:"types"`
	Aggregates     []string        `json:"aggregates"`
	Start          json.RawMessage `json:"start"`
	CreatedAt      time.Time       `json:"created_at"`
	UpdatedAt      time.Time       `json:"updated_at"`
	Stream         string          `json:"stream"`
	Subjects       []string        `json:"subjects"`
	Pending        uint64          `json:"pending"`
	Unacknowledged int             `json:"unacknowledged"`
	NATSUser       *string         `json:"nats_user"`        // null: it has none, or the cluster's operator makes it
	InboxPrefix    string          `json:"inbox_prefix"`     // the only inboxes to which that user may subscribe
	Permissions    *string         `json:"nats_permissions"` // for the cluster's operator to grant; null: granted
}

// newSubscriptionAnswer is the answer that shows the password, once.
type newSubscriptionAnswer struct {
	subscriptionAnswer
	Password *string `json:"nats_password"`
}

// subscriptionOf returns what is shown of a subscription, whose consumer stands as at says.
func (a *api) subscriptionOf(s *commands.Subscription, at feed.Subscription) subscriptionAnswer {
	guest := subscription.Guest(s)
	out := subscriptionAnswer{Name: s.Name, Types: call.OrEmpty(s.Types), Aggregates: call.OrEmpty(s.Aggregates),
		Start: startJSON(s.Start), CreatedAt: s.CreatedAt,
		UpdatedAt: s.UpdatedAt, Stream: feed.Stream, Subjects: s.Filter().Subjects(), InboxPrefix: guest.InboxPrefix()}
	if at.ID == s.ID {
		out.Pending, out.Unacknowledged = at.Pending, at.Unacknowledged
	}
	switch {
	case !a.Subscriptions.OwnsUsers():
		out.Permissions = call.OrNull(guest.Configuration())
	case s.SecretHash != "":
		out.NATSUser = call.OrNull(guest.User())
	}
	return out
}

// subscribers returns the feed, once there is one.
func (a *api) subscribers() (*feed.Feed, error) {
	if !a.Rehearsing && (a.Feed == nil || a.Subscriptions == nil) {
		return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready", Detail: "There is no feed yet."}
	}
	return a.Feed, nil
}

func (a *api) listSubscriptions(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	public, err := a.subscribers()
	if err != nil {
		return err
	}
	consumers, err := public.Subscriptions(r.Context())
	if err != nil {
		return err
	}
	at := map[string]feed.Subscription{}
	for _, consumer := range consumers {
		at[consumer.Name] = consumer
	}
	all := call.Keyed("subscriptions", c.States.Directory().Subscriptions(),
		func(s *commands.Subscription) string { return s.Name })
	return call.WriteList(w, r, all,
		func(s *commands.Subscription) subscriptionAnswer { return a.subscriptionOf(s, at[s.Name]) })
}

// subscriptionNamed returns the subscription that the path names.
func subscriptionNamed(r *http.Request, c call.Caller) (*commands.Subscription, error) {
	if s := c.States.Directory().SubscriptionByName(call.Param(r, "name")); s != nil {
		return s, nil
	}
	return nil, commands.NoSubscription()
}

// shown returns what is shown of a subscription as its consumer stands now.
func (a *api) shown(ctx context.Context, s *commands.Subscription) (subscriptionAnswer, error) {
	at, err := a.Feed.Subscription(ctx, s.Name)
	if err != nil && !errors.Is(err, feed.ErrNoSubscription) { // it comes by and by
		return subscriptionAnswer{}, err
	}
	return a.subscriptionOf(s, at), nil
}

func (a *api) getSubscription(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if _, err := a.subscribers(); err != nil {
		return err
	}
	s, err := subscriptionNamed(r, c)
	if err != nil {
		return err
	}
	out, err := a.shown(r.Context(), s)
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, out)
}

// ownsUsers reports whether subscriptions get NATS users of this service.
func (a *api) ownsUsers() bool { return a.Subscriptions != nil && a.Subscriptions.OwnsUsers() }

// passwordPrefix begins the passwords of subscriptions' NATS users.
const passwordPrefix = "acfd_"

func (a *api) createSubscription(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if _, err := a.subscribers(); err != nil {
		return err
	}
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	types, aggregates := readFilter(m)
	e := events.SubscriptionCreated{Name: call.Or(call.Member[string](m, "name"), ""), Types: types,
		Aggregates: aggregates, Start: readStart(m)}
	if err := m.Done(); err != nil {
		return err
	}
	password := ""
	if a.ownsUsers() {
		var hash string
		password, hash = c.Secrets().Token(passwordPrefix)
		e.SecretHash = events.Secret(hash)
	}
	id := c.NewID()
	out, err := a.Run(r.Context(), c, commands.CreateSubscription{ID: id, Subscription: e})
	if err != nil {
		return err
	}
	w.Header().Set("Location", call.Location(r, e.Name))
	return a.answerSubscription(w, r, http.StatusCreated, out, id, password)
}

// rotateSubscriptionSecret gives the subscription's NATS user a new password in place of the one that it has, if it has
// one.
func (a *api) rotateSubscriptionSecret(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if _, err := a.subscribers(); err != nil {
		return err
	}
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err == nil {
		err = m.Done()
	}
	if err != nil {
		return err
	}
	s, err := subscriptionNamed(r, c)
	if err != nil {
		return err
	}
	if !a.Rehearsing && !a.ownsUsers() {
		return &commands.Refusal{Kind: commands.Conflict, Reason: "nats_users_outside",
			Detail: "The users of this NATS cluster are its operator's, who gives them passwords."}
	}
	password, hash := c.Secrets().Token(passwordPrefix)
	out, err := a.Run(r.Context(), c, commands.RotateSubscriptionSecret{ID: s.ID, SecretHash: events.Secret(hash)})
	if err != nil {
		return err
	}
	return a.answerSubscription(w, r, http.StatusOK, out, s.ID, password)
}

// answerSubscription answers with a subscription that a command has left with that password. What the command made true
// in the log is true in NATS then; where it could not be, the log says why, and it comes by and by.
func (a *api) answerSubscription(w http.ResponseWriter, r *http.Request, status int, out commands.Outcome, id uuid.UUID,
	password string) error {
	a.settle(r)
	rest.SetSequence(w, out.Sequence)
	s := out.Directory.Subscription(id)
	if s == nil { // deleted since the request took effect
		return commands.NoSubscription()
	}
	shown, err := a.shown(r.Context(), s)
	if err != nil { // the password is shown all the same: it is never again
		rest.InfoOf(r.Context()).Failure = err
		shown = a.subscriptionOf(s, feed.Subscription{})
	}
	return rest.Write(w, status, newSubscriptionAnswer{shown, call.OrNull(password)})
}

// settle makes true in NATS what the log says of subscriptions, also when the caller has gone.
func (a *api) settle(r *http.Request) {
	ctx := context.WithoutCancel(r.Context())
	if _, err := a.Subscriptions.Settle(ctx); err != nil {
		rest.InfoOf(ctx).Failure = err
	}
}

func (a *api) deleteSubscription(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if _, err := a.subscribers(); err != nil {
		return err
	}
	s, err := subscriptionNamed(r, c)
	if err != nil {
		return err
	}
	out, err := a.Run(r.Context(), c, commands.DeleteSubscription{ID: s.ID})
	if err != nil {
		return err
	}
	a.settle(r)
	call.WriteNothing(w, out)
	return nil
}

// readFilter reads the members "types", "users" and "aggregates"; users are aggregates, too.
func readFilter(m *call.Members) (types, aggregates []string) {
	for _, id := range call.Or(call.Member[[]string](m, "users"), nil) {
		user := call.ParseID(id)
		if user == uuid.Nil {
			m.Fail("users", "user_id_invalid", "Users are named by their ids.")
		}
		aggregates = append(aggregates, feed.Name(events.User(user)))
	}
	for _, name := range call.Or(call.Member[[]string](m, "aggregates"), nil) {
		aggregate, err := feed.ParseName(name)
		if err != nil {
			m.Fail("aggregates", "aggregate_invalid",
				"An aggregate is named by its kind and id, as in group/0198c0de-0000-7000-8000-0000000000a1; a kind "+
					"alone stands for all of them.")
		}
		aggregates = append(aggregates, feed.Name(aggregate))
	}
	return call.Or(call.Member[[]string](m, "types"), nil), aggregates
}

const (
	startAll = "all"
	startNew = "new"
)

// readStart reads the member "start": "all", "new", a time, or a sequence of the log.
func readStart(m *call.Members) (s events.SubscriptionStart) {
	raw := m.Take("start")
	if raw == nil || call.IsNull(raw) {
		return s
	}
	var text string
	if json.Unmarshal(raw, &s.Sequence) == nil && s.Sequence > 0 {
		return s
	}
	if err := json.Unmarshal(raw, &text); err == nil && text == startAll {
		return events.SubscriptionStart{}
	} else if err == nil && text == startNew {
		return events.SubscriptionStart{New: true}
	}
	then, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || then.IsZero() {
		m.Fail("start", "start_invalid",
			`This must be "all", "new", a sequence from 1 up, or a time as in 2006-01-02T15:04:05Z.`)
	}
	return events.SubscriptionStart{Time: then.UTC()}
}

func startJSON(s events.SubscriptionStart) json.RawMessage {
	switch {
	case s.New:
		return json.RawMessage(`"` + startNew + `"`)
	case s.Sequence > 0:
		return json.RawMessage(strconv.FormatUint(s.Sequence, 10))
	case !s.Time.IsZero():
		return json.RawMessage(s.Time.UTC().Format(`"` + time.RFC3339Nano + `"`))
	}
	return json.RawMessage(`"` + startAll + `"`)
}
