package projections_test

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/events"
	"accountd/projections"
)

var start = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)

// history grows a log in memory: records of users that are made, changed and deleted at random.
type history struct {
	records []events.Record
	number  int64
	alive   []uuid.UUID
	deleted []uuid.UUID
}

func (h *history) add(id uuid.UUID, e events.Event) {
	n := len(h.records) + 1
	r := events.Record{Sequence: uint64(n), ID: uuid.New(), Time: start.Add(time.Duration(n) * time.Second),
		Aggregate: events.User(id),
		Type:      e.Type(), Event: e, Index: 1, Of: 1, Chain: events.Chain{byte(n), byte(n >> 8)}}
	if numbered, ok := e.(events.Numbered); ok {
		r.Assigned = numbered.Assigned()
	}
	h.records = append(h.records, r)
}

// create makes a user whose parent, when there is one, is a living user.
func (h *history) create(t *rapid.T) {
	h.number++
	id := uuid.NewSHA1(uuid.Nil, []byte{byte(h.number), byte(h.number >> 8)})
	e := events.UserCreated{Number: h.number, Username: fmt.Sprintf("user%d", h.number),
		Email:     fmt.Sprintf("u%d@example.org", h.number),
		FirstName: word(t), LastName: word(t), Active: rapid.Bool().Draw(t, "active"), State: commands.StateCreated,
		SigningKeys: []events.SigningKey{{ID: fmt.Sprintf("AK%d", h.number), Secret: "s"}}}
	if len(h.alive) > 0 {
		e.Parent = rapid.SampledFrom(append(h.alive, uuid.Nil)).Draw(t, "parent")
	}
	e.Datacenter = rapid.SampledFrom([]uuid.UUID{{}, places[0], places[4]}).Draw(t, "datacenter")
	e.Client = rapid.Int64Range(0, 2).Draw(t, "client")
	if rapid.Bool().Draw(t, "external") {
		e.ExternalID = fmt.Sprintf("x%d", h.number)
	}
	h.alive = append(h.alive, id)
	h.add(id, e)
}

func (h *history) change(t *rapid.T) {
	if len(h.alive) == 0 {
		return
	}
	id := rapid.SampledFrom(h.alive).Draw(t, "user")
	text := word(t)
	h.add(id, rapid.SampledFrom([]events.Event{
		events.ProfileUpdated{FirstName: &text}, events.ProfileUpdated{LastName: &text},
		events.ProfileUpdated{DisplayName: &text},
		events.ProfileUpdated{Phone: the("+48 600 " + fmt.Sprint(len(h.records)))},
		events.ProfileUpdated{Username: the("renamed-" + fmt.Sprint("new", len(h.records)))},
		events.ProfileUpdated{Email: the(fmt.Sprint("new", len(h.records)) + "@example.org")},
		events.ProfileUpdated{ExternalID: the("")},
		events.ProfileUpdated{ExternalID: the(fmt.Sprint("new", len(h.records)))},
		events.MembershipChanged{Datacenter: &places[0], Groups: &[]uuid.UUID{places[1], places[2]}},
		events.MembershipChanged{Datacenter: &places[4]}, events.MembershipChanged{Client: the(int64(2))},
		events.MembershipChanged{Datacenter: &uuid.UUID{}, Groups: &[]uuid.UUID{places[2]}, Client: the(int64(1))},
		events.UserDisabled{}, events.UserEnabled{}, events.RightsChanged{SuperAdmin: the(true)},
		events.SigningKeyAdded{SigningKey: events.SigningKey{ID: "AK" + fmt.Sprint("new", len(h.records)),
			Secret: "s"}},
		events.ResourceLinked{Kind: "server", ID: "1"}, events.ResourceUnlinked{Kind: "server", ID: "1"},
		events.APIKeyAdded{APIKey: events.APIKey{ID: uuid.New(),
			Hash: events.Secret(fmt.Sprint("new", len(h.records)))}},
	}).Draw(t, "change"))
}

func (h *history) end(t *rapid.T) {
	if len(h.alive) == 0 {
		return
	}
	i := rapid.IntRange(0, len(h.alive)-1).Draw(t, "user")
	e := rapid.SampledFrom([]events.Event{events.UserDeleted{}, events.UserErased{},
		events.SigningKeyRemoved{ID: "none"}}).Draw(t, "end")
	h.add(h.alive[i], e)
	switch e.(type) {
	case events.SigningKeyRemoved:
		return
	case events.UserDeleted:
		h.deleted = append(h.deleted, h.alive[i])
	}
	h.alive = append(h.alive[:i:i], h.alive[i+1:]...)
}

// erase ends what is left of somebody who was deleted.
func (h *history) erase(*rapid.T) {
	if n := len(h.deleted); n > 0 {
		h.add(h.deleted[n-1], events.UserErased{})
		h.deleted = h.deleted[:n-1]
	}
}

// places are a datacenter, two groups, a client and another datacenter, which the history may have or not.
var places = []uuid.UUID{{1}, {2}, {3}, {4}, {5}}

// found adds or ends one of the places.
func (h *history) found(t *rapid.T) {
	e := rapid.SampledFrom([]struct {
		of    events.Aggregate
		event events.Event
	}{
		{events.Datacenter(places[0]), events.DatacenterCreated{Number: 1, Name: "north"}},
		{events.Datacenter(places[0]), events.DatacenterUpdated{Public: the(true)}},
		{events.Datacenter(places[0]), events.DatacenterDeleted{}},
		{events.Group(places[1]), events.GroupCreated{Number: 1, Name: "staff"}},
		{events.Client(places[3]), events.ClientCreated{Number: 1, Name: "Acme"}},
	}).Draw(t, "place")
	h.add(uuid.Nil, e.event)
	h.records[len(h.records)-1].Aggregate = e.of
}

// erased adds a record whose content is gone, of a user whom nobody knows.
func (h *history) erased(t *rapid.T) {
	h.number++
	h.add(uuid.New(), events.UserCreated{Number: h.number})
	last := &h.records[len(h.records)-1]
	last.Event, last.Erased = nil, true
}

func word(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "Ann", "ann", "Änn", "Bob", "bob ", "Cyril", "Żaneta", "Anna", "Joanna Ann",
		"Żółw", "日本 Ann", "a\x00b"}).Draw(t, "word")
}

// steps draws a history.
func steps(t *rapid.T) *history {
	h := &history{number: rapid.SampledFrom([]int64{0, 1<<32 - 4}).Draw(t, "last number")}
	t.Repeat(map[string]func(*rapid.T){"create": h.create, "create2": h.create, "change": h.change, "end": h.end,
		"erase": h.erase, "erased": h.erased, "found": h.found})
	return h
}

// rebuilt is the View that is built from the records after the fact.
func rebuilt(records []events.Record) *projections.View {
	v := projections.NewView()
	if err := v.Apply(records); err != nil {
		panic(err)
	}
	v.Open()
	return v
}

func the[T any](v T) *T { return &v }
