package native

import (
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) clientCalls() call.Noun {
	return call.Noun{
		Tag:   openapi.Tag{Name: "Clients", About: "Customers whose users manage themselves in the client-user API."},
		Calls: clients().Calls(a.Kernel),
	}
}

// The values of a client's status.
const (
	clientActive  = "active"
	clientBlocked = "blocked"
)

type clientAnswer struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	Timezone  *string   `json:"timezone"`
	Status    string    `json:"status"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func clientOf(_ commands.States, _ *commands.Directory, c *commands.Client) clientAnswer {
	out := clientAnswer{ID: c.Number, Name: c.Name, Timezone: call.OrNull(c.Timezone), Status: clientActive,
		CreatedAt: c.CreatedAt,
		UpdatedAt: c.UpdatedAt}
	if c.Blocked {
		out.Status = clientBlocked
	}
	return out
}

func clients() call.Collection[*commands.Client, clientAnswer] {
	name, timezone := openapi.Filled(openapi.Line(call.LongName)), openapi.Nullable(openapi.Form("timezone"))
	status := openapi.Text(clientActive, clientBlocked)
	return call.Collection[*commands.Client, clientAnswer]{
		Name: "clients", One: "client", All: (*commands.Directory).Clients, ByID: (*commands.Directory).Client,
		ByNumber: (*commands.Directory).ClientByNumber, Absent: commands.NoClient, Show: clientOf,
		New: call.Body{Members: map[string]openapi.Schema{"name!": name, "timezone": timezone,
			"status": openapi.Nullable(status)},
			Example: map[string]any{"name": "Acme"}},
		Change: call.Body{Members: map[string]openapi.Schema{"name": name, "timezone": timezone, "status": status},
			Example: map[string]any{"status": clientBlocked}},
		Create: func(_ call.Caller, id uuid.UUID, m *call.Members) (commands.Command, func(clientAnswer) any) {
			e, blocked := readClient(m)
			return commands.CreateClient{ID: id,
				Client: events.ClientCreated{Name: call.Or(e.Name, ""), Timezone: call.Or(e.Timezone, ""),
					Blocked: call.Or(blocked, false)}}, nil
		},
		Update: func(_ call.Caller, id uuid.UUID, m *call.Members) commands.Command {
			e, blocked := readClient(m)
			return commands.UpdateClient{ID: id, Change: e, Blocked: blocked}
		},
		Remove: func(id uuid.UUID) commands.Command { return commands.DeleteClient{ID: id} },
	}
}

// readClient reads what a request says about a client, and whether it is blocked.
func readClient(m *call.Members) (e events.ClientUpdated, blocked *bool) {
	e = events.ClientUpdated{Name: call.Member[string](m, "name"), Timezone: call.Clearable[string](m, "timezone")}
	if status := call.Member[string](m, "status"); status != nil {
		is := *status == clientBlocked
		if blocked = &is; !is && *status != clientActive {
			m.Fail("status", "status_invalid", "A client is active or blocked.")
		}
	}
	return e, blocked
}
