package native

import (
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

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
	out := clientAnswer{ID: c.Number, Name: c.Name, Timezone: orNull(c.Timezone), Status: clientActive, CreatedAt: c.CreatedAt,
		UpdatedAt: c.UpdatedAt}
	if c.Blocked {
		out.Status = clientBlocked
	}
	return out
}

func clients() things[*commands.Client, clientAnswer] {
	return things[*commands.Client, clientAnswer]{
		name: "clients", one: "client", all: (*commands.Directory).Clients, byID: (*commands.Directory).Client,
		byNumber: (*commands.Directory).ClientByNumber, absent: commands.NoClient, show: clientOf,
		create: func(_ caller, id uuid.UUID, m *members) (commands.Command, func(clientAnswer) any) {
			e, blocked := readClient(m)
			return commands.CreateClient{ID: id, Client: events.ClientCreated{Name: or(e.Name, ""), Timezone: or(e.Timezone, ""), Blocked: or(blocked, false)}}, nil
		},
		update: func(_ caller, id uuid.UUID, m *members) commands.Command {
			e, blocked := readClient(m)
			return commands.UpdateClient{ID: id, Change: e, Blocked: blocked}
		},
		remove: func(id uuid.UUID) commands.Command { return commands.DeleteClient{ID: id} },
	}
}

// readClient reads what a request says about a client, and whether it is blocked.
func readClient(m *members) (e events.ClientUpdated, blocked *bool) {
	e = events.ClientUpdated{Name: member[string](m, "name"), Timezone: clearable[string](m, "timezone")}
	if status := member[string](m, "status"); status != nil {
		is := *status == clientBlocked
		if blocked = &is; !is && *status != clientActive {
			m.fail("status", "status_invalid", "A client is active or blocked.")
		}
	}
	return e, blocked
}
