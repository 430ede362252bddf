package pterodactyl

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/rest"
)

// serverKind is the kind of the resource links that are servers here.
const serverKind = "server"

// included is what an answer shows beside what was asked for.
type included struct {
	servers bool // of each user
	owner   bool // of each server
}

// includedIn reads the parameter include, in which a server's owner goes by that name. What it names and does not exist
// is ignored; what is named below something includes that, too.
func includedIn(in *object, owner string) (out included) {
	for _, name := range parts(in.values["include"]) {
		out.servers = out.servers || within(name, "servers")
		out.owner = out.owner || within(name, owner)
	}
	return out
}

func within(name, path string) bool { return name == path || strings.HasPrefix(name, path+".") }

// serverAttributes is what is said about a server. A link's data, in this very form, overlays what is known otherwise.
type serverAttributes struct {
	ID            int64          `json:"id"`
	ExternalID    *string        `json:"external_id"`
	UUID          string         `json:"uuid"`
	Identifier    string         `json:"identifier"`
	Name          string         `json:"name"`
	Description   string         `json:"description"`
	Status        *string        `json:"status"`
	Suspended     bool           `json:"suspended"`
	Limits        serverLimits   `json:"limits"`
	FeatureLimits featureLimits  `json:"feature_limits"`
	User          int64          `json:"user"`
	Node          int64          `json:"node"`
	Allocation    int64          `json:"allocation"`
	Nest          int64          `json:"nest"`
	Egg           int64          `json:"egg"`
	Container     container      `json:"container"`
	UpdatedAt     string         `json:"updated_at"`
	CreatedAt     string         `json:"created_at"`
	Relationships *relationships `json:"relationships,omitempty"`
}

type serverLimits struct {
	Memory      int64   `json:"memory"` // MiB, like swap and disk
	Swap        int64   `json:"swap"`
	Disk        int64   `json:"disk"`
	IO          int64   `json:"io"`
	CPU         int64   `json:"cpu"` // per cent of one
	Threads     *string `json:"threads"`
	OOMDisabled bool    `json:"oom_disabled"`
}

type featureLimits struct {
	Databases   int64 `json:"databases"`
	Allocations int64 `json:"allocations"`
	Backups     int64 `json:"backups"`
}

type container struct {
	StartupCommand string                     `json:"startup_command"`
	Image          string                     `json:"image"`
	Installed      int64                      `json:"installed"`
	Environment    map[string]json.RawMessage `json:"environment"`
}

type relationships struct {
	User json.RawMessage `json:"user"`
}

// defaultIO is the weight that the panel gives a server unless told otherwise.
const defaultIO = 500

// serverOf returns what is known about a linked server: first what its data says, then its name and id, then defaults.
func serverOf(u *commands.User, link events.ResourceLinked) serverAttributes {
	s := serverAttributes{Name: link.Name, UUID: serverUUID(u, link.ID), Limits: serverLimits{IO: defaultIO},
		Container: container{Installed: 1}, CreatedAt: timeText(u.CreatedAt), UpdatedAt: timeText(u.CreatedAt)}
	if n, err := strconv.ParseInt(link.ID, 10, 64); err == nil && n > 0 {
		s.ID = n
	}
	if s.Name == "" {
		s.Name = link.ID
	}
	defaults := s
	_ = json.Unmarshal([]byte(link.Data), &s) // a member of another type is as if it were not there
	s.User, s.Relationships = u.Number, nil
	if s.UUID == "" {
		s.UUID = defaults.UUID
	}
	if s.Identifier == "" {
		s.Identifier, _, _ = strings.Cut(s.UUID, "-")
	}
	if s.Container.Environment == nil {
		s.Container.Environment = map[string]json.RawMessage{}
	}
	s.CreatedAt, s.UpdatedAt = timeOr(s.CreatedAt, defaults.CreatedAt), timeOr(s.UpdatedAt, defaults.UpdatedAt)
	return s
}

// serverUUID returns the link's id when it is a UUID, or one that is always made of it.
func serverUUID(u *commands.User, id string) string {
	if parsed, err := uuid.Parse(id); err == nil {
		return parsed.String()
	}
	return uuid.NewSHA1(u.ID, []byte(serverKind+":"+id)).String()
}

func timeOr(text, otherwise string) string {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return otherwise
	}
	return timeText(t)
}

// nullResource stands for what the key may not read.
const nullResource = `{"object":"null_resource","attributes":null}`

// serversOf writes the list of a user's servers.
func (j answer) serversOf(u *commands.User) {
	if !commands.MayReadServers(j.call.states, j.call.Actor) {
		j.Raw(nullResource)
		return
	}
	j.Open('{').Key("object").String("list").Key("data").Open('[')
	for _, link := range u.Resources {
		if link.Kind == serverKind {
			j.server(u, link)
		}
	}
	j.Close(']').Close('}')
}

// server writes a server, with its owner when that is asked for.
func (j answer) server(u *commands.User, link events.ResourceLinked) {
	s := serverOf(u, link)
	if j.owner {
		s.Relationships = &relationships{User: ownerJSON(j.call, u)}
	}
	b, _ := json.Marshal(s) // texts, numbers and JSON that was read cannot fail
	j.Open('{').Key("object").String(serverKind).Key("attributes").Raw(string(b)).Close('}')
}

func ownerJSON(c call, u *commands.User) json.RawMessage {
	if !commands.MayReadUsers(c.states, c.Actor) {
		return json.RawMessage(nullResource)
	}
	j := answer{JSON: rest.NewJSON(userSize), call: c}
	j.userAttributes(u)
	return j.Close('}').Close('}').Bytes()
}

// listServers lists the servers of all users, by their owners' numbers, each one's in the order in which they were
// linked.
func (a *api) listServers(w http.ResponseWriter, r *http.Request, c call) error {
	p := pageOf(c.input)
	from := p.offset()
	j := answer{JSON: rest.NewJSON(userSize), call: c, included: includedIn(c.input, "user")}
	defer j.Free()
	j.Open('{').Key("object").String("list").Key("data").Open('[')
	total, count := 0, 0
	c.states.Linked(func(u *commands.User) bool {
		for _, link := range u.Resources {
			if link.Kind != serverKind {
				continue
			}
			if total >= from && count < p.size {
				j.server(u, link)
				count++
			}
			total++
		}
		return true
	})
	j.Close(']')
	j.pagination(a.base(r)+serversPath, p, count, total)
	j.Close('}')
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
	return nil
}
