package native

import (
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
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

func clientOf(c *commands.Client) clientAnswer {
	out := clientAnswer{ID: c.Number, Name: c.Name, Timezone: orNull(c.Timezone), Status: clientActive, CreatedAt: c.CreatedAt,
		UpdatedAt: c.UpdatedAt}
	if c.Blocked {
		out.Status = clientBlocked
	}
	return out
}

// clientBody is what a request says about a client; what is nil it does not say.
type clientBody struct {
	name, timezone *string
	blocked        *bool
	readOnly       object
}

func readClient(m *members) (clientBody, error) {
	b := clientBody{name: member[string](m, "name"), timezone: clearable[string](m, "timezone"),
		readOnly: m.takeAll("id", "created_at", "updated_at")}
	if status := member[string](m, "status"); status != nil {
		blocked := *status == clientBlocked
		if b.blocked = &blocked; !blocked && *status != clientActive {
			m.fail("status", "status_invalid", "A client is active or blocked.")
		}
	}
	return b, m.done()
}

// client returns the client of the path.
func (c caller) clientOf(r *http.Request) (*commands.Client, error) {
	number, _ := strconv.ParseInt(param(r, "client"), 10, 64) // what is no number is the number of no client
	if found := c.states.Directory().ClientByNumber(number); found != nil {
		return found, nil
	}
	return nil, &commands.Refusal{Kind: commands.NotFound, Reason: "client_not_found", Detail: "There is no such client."}
}

func (a *api) listClients(w http.ResponseWriter, r *http.Request, c caller) error {
	return writeList(w, r, numbered("clients", c.states.Directory().Clients(), func(c *commands.Client) int64 { return c.Number }), clientOf)
}

func (a *api) getClient(w http.ResponseWriter, r *http.Request, c caller) error {
	client, err := c.clientOf(r)
	if err != nil {
		return err
	}
	return showEntity(w, r, client.Version, clientOf(client))
}

func (a *api) createClient(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeJSON)
	if err != nil {
		return err
	}
	b, err := readClient(m)
	if err == nil {
		err = b.readOnly.absent()
	}
	if err != nil {
		return err
	}
	id := uuid.New()
	out, err := a.Do(r.Context(), c.Actor, commands.CreateClient{ID: id,
		Client: events.ClientCreated{Name: or(b.name, ""), Timezone: or(b.timezone, ""), Blocked: or(b.blocked, false)}})
	if err != nil {
		return err
	}
	made := out.Directory.Client(id)
	w.Header().Set("ETag", versionTag(made.Version))
	return writeMade(w, out, location(r, strconv.FormatInt(made.Number, 10)), clientOf(made))
}

func (a *api) patchClient(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, false, typeMergePatch, typeJSON)
	if err != nil {
		return err
	}
	client, err := c.clientOf(r)
	if err != nil {
		return err
	}
	m.merge = true
	b, err := readClient(m)
	if err == nil {
		err = repeated(b.readOnly, clientOf(client))
	}
	if err != nil {
		return err
	}
	out, err := a.change(r, c, client.Version, commands.UpdateClient{ID: client.ID,
		Change: events.ClientUpdated{Name: b.name, Timezone: b.timezone}, Blocked: b.blocked})
	if err != nil {
		return err
	}
	rest.SetSequence(w, out.Sequence)
	after := out.Directory.Client(client.ID)
	return writeEntity(w, http.StatusOK, after.Version, clientOf(after))
}

func (a *api) deleteClient(w http.ResponseWriter, r *http.Request, c caller) error {
	client, err := c.clientOf(r)
	if err != nil {
		return err
	}
	out, err := a.change(r, c, client.Version, commands.DeleteClient{ID: client.ID})
	if err != nil {
		return err
	}
	writeNothing(w, out)
	return nil
}
