package native

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/events/feed"
	"accountd/http/rest"
)

func (a *api) feedRoutes() []route {
	const subscriptions, subscription = "/v1/subscriptions", "/v1/subscriptions/:name"
	const webhook = "/v1/webhooks/:webhook"
	return []route{
		{http.MethodGet, subscriptions, a.listSubscriptions, true},
		{http.MethodPost, subscriptions, a.createSubscription, false},
		{http.MethodGet, subscription, a.getSubscription, false},
		{http.MethodDelete, subscription, a.deleteSubscription, false},
		{http.MethodPost, webhook + "/secret", readsDirectory(a.rotateWebhookSecret), false},
		{http.MethodGet, webhook + "/deliveries", readsDirectory(a.listDeliveries), true},
		{http.MethodPost, webhook + "/replay", readsDirectory(a.replayWebhook), false},
	}
}

type subscriptionAnswer struct {
	Name           string          `json:"name"`
	Types          []string        `json:"types"`
	Aggregates     []string        `json:"aggregates"`
	Start          json.RawMessage `json:"start"`
	CreatedAt      time.Time       `json:"created_at"`
	Stream         string          `json:"stream"`
	Subjects       []string        `json:"subjects"`
	Pending        uint64          `json:"pending"`
	Unacknowledged int             `json:"unacknowledged"`
}

func subscriptionOf(s feed.Subscription) subscriptionAnswer {
	return subscriptionAnswer{Name: s.Name, Types: orEmpty(s.Types), Aggregates: aggregateNames(s.Aggregates), Start: startJSON(s.Start),
		CreatedAt: s.CreatedAt, Stream: feed.Stream, Subjects: s.Subjects(), Pending: s.Pending, Unacknowledged: s.Unacknowledged}
}

func orEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

func aggregateNames(all []events.Aggregate) []string {
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = feed.Name(a)
	}
	return names
}

// feedFor returns the Feed for who may read everybody's history.
func (a *api) feedFor(c caller) (*feed.Feed, error) {
	if !commands.MayReadLog(c.states, c.Actor) {
		return nil, &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
			Detail: "Only a super admin who may read users may subscribe to the events of all accounts."}
	}
	if a.Feed == nil {
		return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready", Detail: "There is no feed yet."}
	}
	return a.Feed, nil
}

func (a *api) listSubscriptions(w http.ResponseWriter, r *http.Request, c caller) error {
	public, err := a.feedFor(c)
	if err != nil {
		return err
	}
	all, err := public.Subscriptions(r.Context())
	if err != nil {
		return err
	}
	return writeList(w, r, keyed("subscriptions", all, func(s feed.Subscription) string { return s.Name }), subscriptionOf)
}

func (a *api) getSubscription(w http.ResponseWriter, r *http.Request, c caller) error {
	public, err := a.feedFor(c)
	if err != nil {
		return err
	}
	s, err := public.Subscription(r.Context(), param(r, "name"))
	if err != nil {
		return subscriptionProblem(err)
	}
	return rest.Write(w, http.StatusOK, subscriptionOf(s))
}

func (a *api) createSubscription(w http.ResponseWriter, r *http.Request, c caller) error {
	public, err := a.feedFor(c)
	if err != nil {
		return err
	}
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	s := feed.Subscription{Name: or(member[string](m, "name"), ""), Start: readStart(m), Filter: readFilter(m)}
	if err := m.done(); err != nil {
		return err
	}
	made, err := public.Subscribe(r.Context(), s)
	if err != nil {
		return subscriptionProblem(err)
	}
	w.Header().Set("Location", location(r, made.Name))
	return rest.Write(w, http.StatusCreated, subscriptionOf(made))
}

func (a *api) deleteSubscription(w http.ResponseWriter, r *http.Request, c caller) error {
	public, err := a.feedFor(c)
	if err != nil {
		return err
	}
	if err := public.Unsubscribe(r.Context(), param(r, "name")); err != nil {
		return subscriptionProblem(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func subscriptionProblem(err error) error {
	switch {
	case errors.Is(err, feed.ErrNoSubscription):
		return &commands.Refusal{Kind: commands.NotFound, Reason: "subscription_not_found", Detail: "There is no such subscription."}
	case errors.Is(err, feed.ErrSubscriptionExists):
		return &commands.Refusal{Kind: commands.Taken, Reason: "subscription_name_taken", Field: "name", Detail: "There is such a subscription."}
	case errors.Is(err, feed.ErrSubscriptionName):
		return badMember(pointer("name"), "subscription_name_invalid",
			"A name has 1 to 64 of the characters a-z, 0-9, - and _, and begins with a letter or digit.")
	}
	return err
}

// readFilter reads the members "types", "users" and "aggregates".
func readFilter(m *members) feed.Filter {
	f := feed.Filter{Types: or(member[[]string](m, "types"), nil)}
	for _, id := range or(member[[]string](m, "users"), nil) {
		user := parseID(id)
		if user == uuid.Nil {
			m.fail("users", "user_id_invalid", "Users are named by their ids.")
		}
		f.Aggregates = append(f.Aggregates, events.User(user))
	}
	for _, name := range or(member[[]string](m, "aggregates"), nil) {
		aggregate, err := feed.ParseName(name)
		if err != nil {
			m.fail("aggregates", "aggregate_invalid", "An aggregate is named by its kind and id, as in group/0198c0de-0000-7000-8000-0000000000a1; a kind alone stands for all of them.")
		}
		f.Aggregates = append(f.Aggregates, aggregate)
	}
	switch err := f.Check(); {
	case errors.Is(err, feed.ErrType):
		m.fail("types", "event_type_unknown", "There is no such type of event.")
	case errors.Is(err, feed.ErrTooMany):
		m.fail("types", "too_many_subjects", "The number of types times that of aggregates may be %d.", feed.MaxSubjects)
	}
	return f
}

const (
	startAll = "all"
	startNew = "new"
)

// readStart reads the member "start": "all", "new", a time, or a sequence of the log.
func readStart(m *members) (s feed.Start) {
	raw := m.take("start")
	if raw == nil || isNull(raw) {
		return s
	}
	var text string
	if json.Unmarshal(raw, &s.Record) == nil && s.Record > 0 {
		return s
	}
	if err := json.Unmarshal(raw, &text); err == nil && text == startAll {
		return feed.Start{}
	} else if err == nil && text == startNew {
		return feed.Start{New: true}
	}
	then, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || then.IsZero() {
		m.fail("start", "start_invalid", `This must be "all", "new", a sequence from 1 up, or a time as in 2006-01-02T15:04:05Z.`)
	}
	return feed.Start{Time: then.UTC()}
}

func startJSON(s feed.Start) json.RawMessage {
	switch {
	case s.New:
		return json.RawMessage(`"` + startNew + `"`)
	case s.Record > 0:
		return json.RawMessage(strconv.FormatUint(s.Record, 10))
	case !s.Time.IsZero():
		return json.RawMessage(s.Time.UTC().Format(`"` + time.RFC3339Nano + `"`))
	}
	return json.RawMessage(`"` + startAll + `"`)
}
