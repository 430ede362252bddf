package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

var (
	adminID    = uuid.MustParse("00000000-0000-4000-8000-000000000001")
	parentID   = uuid.MustParse("00000000-0000-4000-8000-000000000002")
	childID    = uuid.MustParse("00000000-0000-4000-8000-000000000003")
	strangerID = uuid.MustParse("00000000-0000-4000-8000-000000000004")
	freshID    = uuid.MustParse("00000000-0000-4000-8000-000000000005")

	firstDay = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
)

// fact is an event of the aggregate of that id, as it stands in the log.
type fact struct {
	id    uuid.UUID
	event events.Event
}

// aggregate returns what the event is about, which its name begins with.
func (f fact) aggregate() events.Aggregate {
	for _, kind := range events.Kinds() {
		if strings.HasPrefix(strings.ToLower(f.event.Type()), string(kind)) {
			return events.Aggregate{Kind: kind, ID: f.id}
		}
	}
	return events.User(f.id)
}

// family is the history that most cases start from: the administrator, somebody whose key may write users, an account
// made by that somebody, and a stranger.
func family() []fact {
	return []fact{
		{adminID, created(1, "admin", func(e *events.UserCreated) {
			e.SuperAdmin, e.Email = true,
				"admin@example.com"
		})},
		{parentID, created(2, "parent", nil)},
		{childID, created(3, "child", func(e *events.UserCreated) { e.Parent = parentID })},
		{strangerID, created(4, "stranger", nil)},
	}
}

func created(number int64, name string, with func(*events.UserCreated)) events.UserCreated {
	e := events.UserCreated{Number: number, Username: name, Email: name + "@example.org", Active: true,
		State: commands.StateCreated, FirstName: "First", LastName: "Last",
		SigningKeys: []events.SigningKey{{ID: "AK" + name, Secret: "secret"}}}
	if with != nil {
		with(&e)
	}
	return e
}

func and(facts []fact, more ...fact) []fact { return append(slices.Clip(facts), more...) }

// records gives the facts the envelope that they would have in the log.
func records(facts []fact) []events.Record {
	var out []events.Record
	for i, f := range facts {
		r := events.Record{Sequence: uint64(i + 1), ID: uuid.New(), Time: firstDay.Add(time.Duration(i) * time.Hour),
			Aggregate: f.aggregate(), Type: f.event.Type(), Event: f.event, Index: 1, Of: 1,
			Key: events.KeyID{Block: 7, Index: uint16(f.id[15])}}
		if n, ok := f.event.(events.Numbered); ok {
			r.Assigned = n.Assigned()
		}
		out = append(out, r)
	}
	return out
}

func statesOf(t testing.TB, facts []fact) *projections.Snapshot {
	t.Helper()
	v := projections.NewView()
	require.NoError(t, v.Apply(records(facts)))
	v.Open()
	return v.Snapshot()
}

// by is a user who asks with a credential that has these permissions.
func by(user uuid.UUID, users string) commands.Actor {
	return commands.Actor{User: user, Credential: "test",
		Permissions: commands.Granted(events.Permissions{Users: users})}
}

func the[T any](v T) *T { return &v }
