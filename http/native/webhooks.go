package native

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/webhook"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) webhookCalls() call.Noun {
	const hook = "/v1/webhooks/:webhook"
	overlap := openapi.Object(map[string]openapi.Schema{"overlap_seconds": openapi.Nullable(openapi.Within(0,
		int64(maxOverlap.Seconds())))})
	replay := openapi.Or(openapi.Object(map[string]openapi.Schema{"sequence!": openapi.Count()}),
		openapi.Object(map[string]openapi.Schema{"from!": openapi.Count()}))
	return call.Noun{
		Tag: openapi.Tag{Name: "Webhooks", About: "URLs to which the service sends events as they happen."},
		Calls: append(a.webhooks().Calls(a.Kernel),
			call.Call{Method: http.MethodPost, Path: hook + "/secret",
				Handle: call.ReadsDirectory(a.rotateWebhookSecret), Changes: call.Own,
				Shows: call.Tagged, Doc: openapi.Operation{Summary: "Rotate a webhook's secret", Body: overlap,
					Answer: newWebhookAnswer{}}},
			call.Call{Method: http.MethodGet, Path: hook + "/deliveries", Handle: call.ReadsDirectory(a.listDeliveries),
				Doc: openapi.Operation{Summary: "List the recent deliveries of a webhook", Query: call.Paged(),
					Answer: call.ListAnswer[deliveryAnswer]{}}},
			call.Call{Method: http.MethodGet, Path: hook + "/progress", Handle: call.ReadsDirectory(a.getProgress),
				Doc: openapi.Operation{Summary: "Show the progress of a webhook", Answer: progressAnswer{}}},
			call.Call{Method: http.MethodPost, Path: hook + "/replay", Handle: call.ReadsDirectory(a.replayWebhook),
				Changes: call.Unlogged,
				Doc: openapi.Operation{Summary: "Send one event again, or all events from one on", Body: replay,
					Answer: deliveryAnswer{},
					Also:   []int{http.StatusAccepted}}},
		),
	}
}

const (
	// defaultOverlap is how long the old secret signs, too, when a request does not say.
	defaultOverlap = 24 * time.Hour
	maxOverlap     = 7 * 24 * time.Hour
)

type webhookAnswer struct {
	ID             uuid.UUID   `json:"id"`
	Number         int64       `json:"number"`
	URL            string      `json:"url"`
	Types          []string    `json:"types"`
	Users          []uuid.UUID `json:"users"`
	Enabled        bool        `json:"enabled"`
	DisabledReason *string     `json:"disabled_reason"`
	OldSecretUntil *time.Time  `json:"old_secret_until"`
	CreatedAt      time.Time   `json:"created_at"`
	UpdatedAt      time.Time   `json:"updated_at"`
}

// newWebhookAnswer is the answer that shows the secret, once.
type newWebhookAnswer struct {
	webhookAnswer
	Secret string `json:"secret"`
}

func webhookOf(_ commands.States, _ *commands.Directory, w *commands.Webhook) webhookAnswer {
	out := webhookAnswer{ID: w.ID, Number: w.Number, URL: w.URL, Types: call.OrEmpty(w.Types), Users: w.Users,
		Enabled:        w.Disabled == "",
		DisabledReason: call.OrNull(w.Disabled), OldSecretUntil: call.OrNull(w.OldUntil), CreatedAt: w.CreatedAt,
		UpdatedAt: w.UpdatedAt}
	if out.Users == nil {
		out.Users = []uuid.UUID{}
	}
	return out
}

func (a *api) webhooks() call.Collection[*commands.Webhook, webhookAnswer] {
	null, types, users := openapi.Nullable, openapi.List(openapi.EventType()), openapi.List(openapi.Form("uuid"))
	address := openapi.Schema{"type": "string", "format": "uri", "maxLength": call.LongText,
		"description": "An https URL without user information or fragment."}
	return call.Collection[*commands.Webhook, webhookAnswer]{
		Name: "webhooks", One: "webhook",
		All: (*commands.Directory).Webhooks, ByID: (*commands.Directory).Webhook,
		Absent: commands.NoWebhook, Show: webhookOf, Made: newWebhookAnswer{},
		New: call.Body{Members: map[string]openapi.Schema{"url!": address, "types": null(types), "users": null(users)},
			Example: map[string]any{"url": "https://example.org/hooks",
				"types": []string{events.UserCreated{}.Type()}}},
		Change: call.Body{Members: map[string]openapi.Schema{"url": address, "types": types, "users": users,
			"enabled": openapi.Truth()},
			Example: map[string]any{"enabled": false}},
		Create: func(c call.Caller, id uuid.UUID, m *call.Members) (commands.Command, func(webhookAnswer) any) {
			e := events.WebhookCreated{URL: call.Or(call.Member[string](m, "url"), ""),
				Types: call.Or(call.Member[[]string](m, "types"), nil),
				Users: call.Or(readUserIDs(m), nil), Secret: webhook.SecretFrom(c.Random("secrets"))}
			return commands.CreateWebhook{ID: id, Webhook: e, Plain: a.plainWebhooks()}, withSecret(e.Secret)
		},
		Update: func(_ call.Caller, id uuid.UUID, m *call.Members) commands.Command {
			return commands.UpdateWebhook{ID: id, Plain: a.plainWebhooks(), Enabled: call.Member[bool](m, "enabled"),
				Change: events.WebhookUpdated{URL: call.Member[string](m, "url"),
					Types: call.Member[[]string](m, "types"), Users: readUserIDs(m)}}
		},
		Remove: func(id uuid.UUID) commands.Command { return commands.DeleteWebhook{ID: id} },
	}
}

// withSecret adds the secret to an answer.
func withSecret(secret events.Secret) func(webhookAnswer) any {
	return func(w webhookAnswer) any { return newWebhookAnswer{w, secret.Reveal()} }
}

// plainWebhooks reports whether addresses may be reached in clear.
func (a *api) plainWebhooks() bool { return a.Webhooks != nil && a.Webhooks.AllowsPlain() }

// readUserIDs reads the member "users". One that is no id stands for a user whom nobody is.
func readUserIDs(m *call.Members) *[]uuid.UUID {
	texts := call.Member[[]string](m, "users")
	if texts == nil {
		return nil
	}
	ids := make([]uuid.UUID, len(*texts))
	for i, text := range *texts {
		if ids[i] = call.ParseID(text); ids[i] == uuid.Nil {
			m.Fail("users", "user_id_invalid", "Users are named by their ids.")
		}
	}
	return &ids
}

// rotateWebhookSecret gives the webhook a new secret; the one before signs, too, for a while.
func (a *api) rotateWebhookSecret(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err != nil {
		return err
	}
	hook, err := a.webhooks().Named(r, c)
	if err != nil {
		return err
	}
	overlap := defaultOverlap
	if seconds := call.Member[int64](m, "overlap_seconds"); seconds != nil {
		if overlap = time.Duration(*seconds) * time.Second; *seconds < 0 || *seconds > int64(maxOverlap/time.Second) {
			m.Fail("overlap_seconds", "overlap_invalid", "The old secret may sign for 0 to %d seconds.",
				int64(maxOverlap/time.Second))
		}
	}
	if err := m.Done(); err != nil {
		return err
	}
	secret := webhook.SecretFrom(c.Random("secrets"))
	cmd := commands.RotateWebhookSecret{ID: hook.ID, Secret: secret, OldUntil: a.Now().Add(overlap)}
	return a.webhooks().Run(a.Kernel, w, r, c, hook, cmd, withSecret(secret))
}

// reactor returns what sends, when there is one.
func (a *api) reactor() (*webhook.Reactor, error) {
	if a.Webhooks == nil {
		return nil, &commands.Refusal{Kind: commands.Busy, Reason: "not_ready",
			Detail: "Nothing is sent to webhooks yet."}
	}
	return a.Webhooks, nil
}

func (a *api) listDeliveries(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	hook, err := a.webhooks().Named(r, c)
	if err != nil {
		return err
	}
	reactor, err := a.reactor()
	if err != nil {
		return err
	}
	all, err := reactor.Deliveries(r.Context(), hook.ID)
	if err != nil {
		return err
	}
	return call.WriteList(w, r,
		call.Keyed("deliveries", all, func(d webhook.Delivery) string { return call.Newest(d.At, d.ID, d.Attempt) }),
		deliveryOf)
}

// progressAnswer says how far a webhook is. Nothing is lost of what waits: it is read from the log.
type progressAnswer struct {
	Position      uint64     `json:"position"` // sequence of the event up to which all was sent
	Behind        uint64     `json:"behind"`   // events behind it, of all kinds
	OldestAt      *time.Time `json:"oldest_at"`
	OldestSeconds int64      `json:"oldest_seconds"` // age of the oldest event that waits
}

func (a *api) getProgress(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	hook, err := a.webhooks().Named(r, c)
	if err != nil {
		return err
	}
	reactor, err := a.reactor()
	if err != nil {
		return err
	}
	p, err := reactor.Progress(r.Context(), hook)
	if err != nil {
		return err
	}
	out := progressAnswer{Position: p.Position, Behind: p.Behind, OldestAt: call.OrNull(p.OldestAt)}
	if out.OldestAt != nil {
		out.OldestSeconds = int64(max(a.Now().Sub(p.OldestAt), 0).Seconds())
	}
	return rest.Write(w, http.StatusOK, out)
}

type deliveryAnswer struct {
	ID       string     `json:"id"`
	Sequence uint64     `json:"sequence"`
	Type     string     `json:"type"`
	Attempt  int        `json:"attempt"`
	At       time.Time  `json:"at"`
	TookMS   int64      `json:"took_ms"`
	Outcome  string     `json:"outcome"`
	Status   *int       `json:"status"`
	Error    *string    `json:"error"`
	NextAt   *time.Time `json:"next_at"`
}

func deliveryOf(d webhook.Delivery) deliveryAnswer {
	return deliveryAnswer{ID: d.ID, Sequence: d.Sequence, Type: d.Type, Attempt: d.Attempt, At: d.At,
		TookMS:  time.Duration(d.Took).Milliseconds(),
		Outcome: d.Outcome, Status: call.OrNull(d.Status), Error: call.OrNull(d.Error), NextAt: call.OrNull(d.NextAt)}
}

// replayWebhook sends one event again, at once, or everything from one on, by and by.
func (a *api) replayWebhook(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, false, call.TypeJSON)
	if err != nil {
		return err
	}
	hook, err := a.webhooks().Named(r, c)
	if err != nil {
		return err
	}
	if !commands.MayChangeWebhooks(c.States, c.Actor) {
		return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
			Detail: "You may not have events sent."}
	}
	reactor, err := a.reactor()
	if err != nil {
		return err
	}
	one, from := call.Member[uint64](m, "sequence"), call.Member[uint64](m, "from")
	if (one == nil) == (from == nil) {
		m.Fail("sequence", "replay_invalid",
			`Either "sequence" says which event is sent again, or "from" from which one on.`)
	}
	if err := m.Done(); err != nil {
		return err
	}
	if from != nil {
		if err := reactor.Rewind(r.Context(), hook, *from); err != nil {
			return err
		}
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
	d, err := reactor.Redeliver(r.Context(), hook, *one)
	if errors.Is(err, webhook.ErrNoEvent) {
		return &commands.Refusal{Kind: commands.NotFound, Reason: "event_not_found", Field: "sequence",
			Detail: "The log does not have this event, or the person whom it is about was erased."}
	}
	if err != nil {
		return err
	}
	return rest.Write(w, http.StatusOK, deliveryOf(d))
}
