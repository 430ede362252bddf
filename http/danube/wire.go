package danube

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

type envelope struct {
	Status string `json:"status"`
	Result any    `json:"result"`
	TaskID string `json:"task_id"`
}

type detailAnswer struct {
	Detail any `json:"detail"`
}

type relationsAnswer struct {
	Detail    string `json:"detail"`
	Relations object `json:"relations"`
}

type tokenAnswer struct {
	Token   string `json:"token"`
	Expires string `json:"expires"`
	Detail  string `json:"detail"`
}

type viewAnswer struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Renders     []string `json:"renders"`
	Parses      []string `json:"parses"`
}

type userAnswer struct {
	APIKey       string    `json:"api_key"`
	CallbackKey  string    `json:"callback_key"`
	DCBound      bool      `json:"dc_bound"`
	Username     string    `json:"username"`
	CurrentDC    string    `json:"current_dc"`
	Email        string    `json:"email"`
	FirstName    string    `json:"first_name"`
	LastName     string    `json:"last_name"`
	IsSuperAdmin bool      `json:"is_super_admin"`
	IsActive     bool      `json:"is_active"`
	APIAccess    bool      `json:"api_access"`
	Groups       []string  `json:"groups"`
	Created      string    `json:"created"`
	DCs          *[]string `json:"dcs,omitempty"`
}

type keysAnswer struct {
	APIKey      string `json:"api_key"`
	CallbackKey string `json:"callback_key"`
}

type sshKeyAnswer struct {
	Title       string `json:"title"`
	Fingerprint string `json:"fingerprint"`
	Key         string `json:"key"`
}

// userOf returns what the API shows of a user; extended, also the datacenters that the user's groups are attached to.
func (x *exchange) userOf(u *commands.User, extended bool) userAnswer {
	a := userAnswer{APIKey: events.Masked, CallbackKey: events.Masked, DCBound: u.Datacenter != uuid.Nil,
		Username:  u.Username,
		CurrentDC: x.home().Name, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		IsSuperAdmin: u.SuperAdmin,
		IsActive:     u.Active, APIAccess: u.APIAccess, Groups: x.groupNames(u.Groups), Created: stamp(u.CreatedAt)}
	if extended {
		dcs := x.attached(u.Groups...)
		a.DCs = &dcs
	}
	return a
}

// groupNames returns the names of the groups, the oldest group's first.
func (x *exchange) groupNames(ids []uuid.UUID) []string {
	names := []string{}
	for _, g := range x.groupsOf(ids) {
		names = append(names, g.Name)
	}
	return names
}

// groupsOf returns the groups, the oldest first.
func (x *exchange) groupsOf(ids []uuid.UUID) []*commands.Group {
	var out []*commands.Group
	for _, id := range ids {
		if g := x.states.Directory().Group(id); g != nil {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *commands.Group) int { return int(a.Number - b.Number) })
	return out
}

// attached returns the names of the datacenters that any of the groups is attached to.
func (x *exchange) attached(groups ...uuid.UUID) []string {
	names := []string{}
	for _, d := range x.states.Directory().Datacenters() {
		if slices.ContainsFunc(groups, d.Attached) {
			names = append(names, d.Name)
		}
	}
	slices.Sort(names)
	return names
}

func sshKeyOf(k commands.SSHKey) sshKeyAnswer {
	return sshKeyAnswer{Title: k.Title, Fingerprint: k.FingerprintMD5, Key: k.Key}
}

const microseconds = ".000000"

// stamp writes a time with microseconds, which are left out when there are none.
func stamp(t time.Time) string {
	return strings.Replace(t.UTC().Format(time.DateOnly+"T"+time.TimeOnly+microseconds), microseconds, "", 1) + "Z"
}

// isoTime writes a time as the original's language does.
func isoTime(t time.Time) string { return strings.TrimSuffix(stamp(t), "Z") + "+00:00" }
