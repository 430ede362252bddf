package native

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
)

// then is what a user's object shows that others have named or that time changes.
type then struct {
	Username    string
	Datacenter  *string
	Groups      []string
	LockedUntil *time.Time `json:"locked_until"`
}

func (s *service) user(path string) (u then) {
	s.t.Helper()
	w := s.call(http.MethodGet, path, s.token, "")
	require.Equal(s.t, http.StatusOK, w.Code, "%s: %s", path, w.Body)
	decodeBody(s.t, w, &u)
	return u
}

// users returns the users of a list, which an export has as well.
func (s *service) users(query string) (users []then) {
	s.t.Helper()
	w := s.call(http.MethodGet, "/v1/users?"+query, s.token, "")
	require.Equal(s.t, http.StatusOK, w.Code, "%s: %s", query, w.Body)
	var page struct{ Data []then }
	decodeBody(s.t, w, &page)
	var exported []then
	for in := json.NewDecoder(s.call(http.MethodGet, "/v1/users:export?"+query, s.token, "").Body); in.More(); {
		var u then
		require.NoError(s.t, in.Decode(&u))
		exported = append(exported, u)
	}
	require.Len(s.t, exported, len(page.Data), query)
	for i, u := range page.Data {
		require.Equal(s.t, exported[i], u, query)
	}
	return page.Data
}

// TestNamesAreThoseOfTheMoment renames a datacenter, gives its name to another, and deletes both with a group: a moment
// shows what things were called then, and finds users by it, in lists and for one user alike.
func TestNamesAreThoseOfTheMoment(t *testing.T) {
	s := start(t, committer.Options{})
	do := func(c commands.Command) uint64 { s.do(commands.Service(), c); return s.Snapshot().Head().Sequence }
	main, north, south, staff := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	do(commands.CreateDatacenter{ID: main, Datacenter: events.DatacenterCreated{Name: "main"}})
	do(commands.CreateDatacenter{ID: north, Datacenter: events.DatacenterCreated{Name: "north"}})
	do(commands.CreateDatacenter{ID: south, Datacenter: events.DatacenterCreated{Name: "south"}})
	do(commands.CreateGroup{ID: staff, Group: events.GroupCreated{Name: "staff"}})
	ann := s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.com", Active: true,
		Datacenter: north, Groups: []uuid.UUID{staff}})
	s.create(commands.Service(), events.UserCreated{Username: "bob", Email: "bob@example.com", Active: true,
		Datacenter: south})
	first := s.Snapshot().Head().Sequence
	do(commands.UpdateDatacenter{ID: north, Change: events.DatacenterUpdated{Name: new("polar")}})
	second := do(commands.UpdateDatacenter{ID: south, Change: events.DatacenterUpdated{Name: new("north")}})
	third := do(commands.UpdateUser{ID: ann.ID, Membership: events.MembershipChanged{Datacenter: &uuid.Nil,
		Groups: &[]uuid.UUID{}}})
	do(commands.DeleteGroup{ID: staff})
	last := do(commands.DeleteDatacenter{ID: north})

	path := call.UsersPath + "/" + ann.ID.String()
	for _, c := range []struct {
		at      uint64
		shown   string // of ann
		groups  []string
		members map[string]string
	}{
		{first, "north", []string{"staff"}, map[string]string{"north": "ann", "south": "bob", "polar": ""}},
		{second, "polar", []string{"staff"}, map[string]string{"north": "bob", "south": "", "polar": "ann",
			north.String(): "ann"}},
		{third, "", []string{}, map[string]string{"north": "bob", "polar": ""}},
		{last, "", []string{}, map[string]string{"north": "bob", "polar": "", north.String(): ""}},
	} {
		one := s.user(fmt.Sprintf("%s?at=%d", path, c.at))
		require.Equal(t, c.shown, call.Or(one.Datacenter, ""), c.at)
		require.Equal(t, c.groups, one.Groups, c.at)
		require.Equal(t, []then{one}, s.users(fmt.Sprintf("at=%d&filter[username]=ann", c.at)))
		for name, member := range c.members {
			var names string
			for _, u := range s.users(fmt.Sprintf("at=%d&filter[datacenter]=%s", c.at, name)) {
				names += u.Username
			}
			require.Equal(t, member, names, "%s at %d", name, c.at)
		}
	}

	page, _ := s.history(path + "/history?sort=sequence")
	named := map[string][2]any{}
	for _, c := range page.Data[len(page.Data)-1].Changes {
		named[c.Field] = [2]any{c.Before, c.After}
	}
	require.Equal(t, [2]any{"polar", nil}, named["datacenter"], "what is deleted is called what it was called")
	require.Equal(t, [2]any{[]any{"staff"}, []any{}}, named["groups"])
	for _, c := range page.Data[0].Changes {
		if c.Field == "datacenter" {
			require.Equal(t, "north", c.After, "and has the name that it had then")
		}
	}
}

// TestLocksAreThoseOfTheMoment looks back at a lock from moments in which it kept the user out and from others.
func TestLocksAreThoseOfTheMoment(t *testing.T) {
	s := start(t, committer.Options{})
	ann := s.create(commands.Service(), events.UserCreated{Username: "ann", Email: "ann@example.com", Active: true})
	began := time.Now()
	until := began.Add(time.Nanosecond) // is over when the next record comes
	s.do(commands.Service(), commands.LockLogIn{ID: ann.ID, Until: until})
	over := s.Snapshot().Head().Sequence
	until = time.Now().Add(time.Hour)
	s.do(commands.Service(), commands.LockLogIn{ID: ann.ID, Until: until})
	locked := s.Snapshot().Head().Sequence
	path := call.UsersPath + "/" + ann.ID.String()
	for at, want := range map[string]bool{fmt.Sprint(over - 1): false, fmt.Sprint(over): false,
		fmt.Sprint(locked): true, asTime(time.Now()): true, asTime(ann.CreatedAt): false} {
		one := s.user(path + "?at=" + at)
		require.Equal(t, want, one.LockedUntil != nil, at)
		require.Equal(t, []then{one}, s.users("filter[username]=ann&at="+at))
	}
}

func asTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
