package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/tidwall/btree"

	"accountd/events"
)

// Directory holds the State of everything in the Log but users: datacenters, groups, clients, applications,
// webhooks and subscriptions. It is
// immutable: Evolve makes a new one, which shares what did not change.
type Directory struct {
	datacenters   table[*Datacenter]
	groups        table[*Group]
	clients       table[*Client]
	applications  table[*Application]
	webhooks      table[*Webhook]
	subscriptions table[*Subscription]
}

// Lists returns everything in the Directory.
func (d *Directory) Lists() Lists {
	return Lists{Datacenters: d.datacenters.list(), Groups: d.groups.list(), Clients: d.clients.list(),
		Applications: d.applications.list(), Webhooks: d.webhooks.list(),
		Subscriptions: d.subscriptions.list()}
}

// NewDirectory returns an empty Directory.
func NewDirectory() *Directory {
	return &Directory{datacenters: newTable[*Datacenter](), groups: newTable[*Group](), clients: newTable[*Client](),
		applications: newTable[*Application](), webhooks: newTable[*Webhook](),
		subscriptions: newTable[*Subscription]()}
}

// Evolve returns the Directory after the Record, and leaves d as it is. A Record of a user, one whose content is
// erased, and one that does not fit the State change nothing.
func (d *Directory) Evolve(r events.Record) *Directory {
	next := *d
	switch r.Aggregate.Kind {
	case events.KindDatacenter:
		next.datacenters = evolved(d.datacenters, r, evolveDatacenter)
		next.groups = attached(d, &next, r)
	case events.KindGroup:
		next.groups = evolved(d.groups, r, evolveGroup)
	case events.KindClient:
		next.clients = evolved(d.clients, r, evolveClient)
	case events.KindApplication:
		next.applications = evolved(d.applications, r, evolveApplication)
	case events.KindWebhook:
		next.webhooks = evolved(d.webhooks, r, evolveWebhook)
	case events.KindSubscription:
		next.subscriptions = evolved(d.subscriptions, r, evolveSubscription)
	default:
		return d
	}
	return &next
}

func evolved[P entry](t table[P], r events.Record, evolve func(P, events.Record) P) table[P] {
	before := t.get(r.Aggregate.ID)
	return t.replace(before, evolve(before, r))
}

// attached returns the groups after a Record of a datacenter: where a group is attached is part of its State, too, so
// that a change which builds on a version of the group builds on that.
func attached(before, after *Directory, r events.Record) table[*Group] {
	groups, was, is := before.groups, before.Datacenter(r.Aggregate.ID).attached(),
		after.Datacenter(r.Aggregate.ID).attached()
	for _, id := range append(slices.Clip(was), is...) {
		if g := groups.get(id); g != nil && slices.Contains(was, id) != slices.Contains(is, id) {
			next := *g
			next.touch(r)
			groups = groups.replace(g, &next)
		}
	}
	return groups
}

// Datacenter returns the datacenter of that id, nil when there is none.
func (d *Directory) Datacenter(id uuid.UUID) *Datacenter { return d.datacenters.get(id) }

// DatacenterByName returns the datacenter whose name folds to the same text, nil when there is none.
func (d *Directory) DatacenterByName(name string) *Datacenter {
	return d.datacenters.find(Folded(name))
}

// Datacenters returns all datacenters by number.
func (d *Directory) Datacenters() []*Datacenter { return d.datacenters.list() }

// Group returns the group of that id, nil when there is none.
func (d *Directory) Group(id uuid.UUID) *Group { return d.groups.get(id) }

// GroupByName returns the group whose name folds to the same text, nil when there is none.
func (d *Directory) GroupByName(name string) *Group { return d.groups.find(Folded(name)) }

// Groups returns all groups by number.
func (d *Directory) Groups() []*Group { return d.groups.list() }

// Client returns the client of that id, nil when there is none.
func (d *Directory) Client(id uuid.UUID) *Client { return d.clients.get(id) }

// ClientByNumber returns the client of that number, nil when there is none.
func (d *Directory) ClientByNumber(number int64) *Client { return d.clients.numbered(number) }

// Clients returns all clients by number.
func (d *Directory) Clients() []*Client { return d.clients.list() }

// Application returns the application of that id, nil when there is none.
func (d *Directory) Application(id uuid.UUID) *Application { return d.applications.get(id) }

// ApplicationByAppID returns the application that presents itself by that id, nil when there is none.
func (d *Directory) ApplicationByAppID(appID string) *Application {
	return d.applications.find(appID)
}

// Applications returns all applications by number.
func (d *Directory) Applications() []*Application { return d.applications.list() }

// Webhook returns the webhook of that id, nil when there is none.
func (d *Directory) Webhook(id uuid.UUID) *Webhook { return d.webhooks.get(id) }

// Webhooks returns all webhooks by number.
func (d *Directory) Webhooks() []*Webhook { return d.webhooks.list() }

// Subscription returns the subscription of that id, nil when there is none.
func (d *Directory) Subscription(id uuid.UUID) *Subscription { return d.subscriptions.get(id) }

// SubscriptionByName returns the subscription of that name, nil when there is none.
func (d *Directory) SubscriptionByName(name string) *Subscription { return d.subscriptions.find(name) }

// Subscriptions returns all subscriptions by number.
func (d *Directory) Subscriptions() []*Subscription { return d.subscriptions.list() }

// version returns the version of the aggregate of that id, 0 when there is none.
func (d *Directory) version(id uuid.UUID) uint64 {
	if v := d.datacenters.version(id); v != 0 {
		return v
	}
	if v := d.groups.version(id); v != 0 {
		return v
	}
	if v := d.clients.version(id); v != 0 {
		return v
	}
	if v := d.applications.version(id); v != 0 {
		return v
	}
	if v := d.webhooks.version(id); v != 0 {
		return v
	}
	return d.subscriptions.version(id)
}

// belongs reports whether the user is bound to the datacenter, in the group, of the client, or in the Scope of that
// parent.
func (d *Directory) belongs(u *User, to events.Aggregate) bool {
	switch to.Kind {
	case events.KindDatacenter:
		return u.Datacenter == to.ID
	case events.KindGroup:
		return slices.Contains(u.Groups, to.ID)
	case events.KindClient:
		c := d.Client(to.ID)
		return c != nil && u.Client == c.Number
	case events.KindUser:
		return u.ScopeParent() == to.ID
	}
	return false
}

// SetUp is the first start: several commands that take effect as one, all of them or none, each decided on what the
// ones before it make true. Only the service itself may ask for it, and only where there has never been a datacenter.
//
// Refusals: those of the commands, Forbidden, Taken (already_set_up).
type SetUp struct {
	ID       uuid.UUID // the administrator's, whom its Outcome is about
	Commands []Command
}

// Of names the administrator.
func (c SetUp) Of() events.Aggregate { return events.User(c.ID) }

// decide decides one command after another, each on what the ones before it make true.
func (c SetUp) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if !a.IsService() {
		return nil, refuse(Forbidden, "not_allowed", "", "Only the service sets itself up.")
	}
	if s.LastNumber(events.DatacenterNumber) > 0 {
		return nil, refuse(Taken, "already_set_up", "", "The service has been set up before.")
	}
	o := NewOverlay(s)
	var out []events.Draft
	for _, each := range c.Commands {
		drafts, err := Decide(o, a, each)
		if err != nil {
			return nil, err
		}
		o.Add(a, drafts)
		out = append(out, drafts...)
	}
	return out, nil
}

// changeable refuses to change what does not exist, or has another version than the Command is for, and who may not.
func changeable[P entry](e P, version uint64, may error, absent func() *Refusal) error {
	var none P
	switch {
	case may != nil:
		return may
	case e == none:
		return absent()
	}
	return checkVersion(e.Base().Version, version)
}

// drafted returns the Event as the aggregate's only Draft.
func drafted(of events.Aggregate, key events.KeyID, e events.Event) ([]events.Draft, error) {
	return []events.Draft{{Aggregate: of, Key: key, Event: e}}, nil
}

// checkName holds the name of something in the Directory to the common rules.
func checkName(name string) error {
	if name == "" {
		return refuse(Invalid, "name_required", "name", "A name is needed.")
	}
	return checkText("name", name, maxName, false)
}

// checkPathName holds a name that can stand in a path to the common rules.
func checkPathName(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if !fitsPath(name) {
		return refuse(Invalid, "name_invalid", "name", "This name could not stand in a path.")
	}
	return nil
}

// checkExisting refuses ids of which one is not there, and repeated ones.
func checkExisting(field string, ids []uuid.UUID, there func(uuid.UUID) bool) error {
	for i, id := range ids {
		if !there(id) {
			return noSuch(field)
		}
		if slices.Contains(ids[:i], id) {
			return refuse(Invalid, "repeated", field, "Each may be named once.")
		}
	}
	return nil
}

// noSuch says that what a field names does not exist.
func noSuch(field string) *Refusal {
	switch field {
	case "datacenter", "datacenters", "dc_bound":
		return refuse(Invalid, "datacenter_not_found", field, "There is no such datacenter.")
	case "groups":
		return refuse(Invalid, "group_not_found", field, "There is no such group.")
	case "client_id":
		return refuse(Invalid, "client_not_found", field, "There is no such client.")
	}
	return refuse(Invalid, "user_not_found", field, "There is no such user.")
}

// hasMembers reports whether any user belongs to the datacenter, group, client or parent.
func hasMembers(s States, of events.Aggregate) bool {
	found := false
	s.Members(of, func(*User) bool {
		found = true
		return false
	})
	return found
}

func keepsMembers(what string) *Refusal {
	return refuse(Conflict, "has_members", "", "Users still belong to this %s.", what)
}

// Entity is what the State of every aggregate in the [Directory] has.
type Entity struct {
	ID     uuid.UUID
	Number int64
	// sequence of the newest Record; of a group also of one that attached it to a datacenter or detached it
	Version   uint64
	CreatedAt time.Time
	UpdatedAt time.Time
	Key       events.KeyID // of the data key that seals the history
	Name      string
}

// Base returns what every aggregate has.
func (e *Entity) Base() *Entity { return e }

func (e *Entity) touch(r events.Record) { e.Version, e.UpdatedAt = r.Sequence, r.Time }

func newEntity(r events.Record, number int64, name string) Entity {
	return Entity{ID: r.Aggregate.ID, Number: number, Version: r.Sequence, CreatedAt: r.Time, UpdatedAt: r.Time,
		Key: r.Key, Name: name}
}

// The numbers of what the first start makes and nobody can delete.
const (
	MainDatacenterNumber = 1
	MainClientNumber     = 1
)

// The kinds of application, by the grant that they use.
const (
	ApplicationTrusted  = "trusted"              // client credentials: acts for the user who made it
	ApplicationPublic   = "public"               // authorization code: acts for the user who consented
	ApplicationPassword = "password_credentials" // password: acts for the user whose password it presents
)

// The levels of access of an application.
const (
	AccessAll     = "all"
	AccessCallAPI = "call_api" // reads, and changes no configuration
)

// Lists are everything in a [Directory], by number, from which another one can be made.
type Lists struct {
	Datacenters   []*Datacenter
	Groups        []*Group
	Clients       []*Client
	Applications  []*Application
	Webhooks      []*Webhook
	Subscriptions []*Subscription
}

// Directory returns the Directory that has what is in the lists.
func (l Lists) Directory() *Directory {
	d := NewDirectory()
	d.datacenters = filled(d.datacenters, l.Datacenters)
	d.groups = filled(d.groups, l.Groups)
	d.clients = filled(d.clients, l.Clients)
	d.applications = filled(d.applications, l.Applications)
	d.webhooks = filled(d.webhooks, l.Webhooks)
	d.subscriptions = filled(d.subscriptions, l.Subscriptions)
	return d
}

func filled[P entry](t table[P], entries []P) table[P] {
	var none P
	for _, e := range entries {
		t = t.replace(none, e)
	}
	return t
}

// entry is a State that a table holds; the zero value stands for none.
type entry interface {
	comparable
	Base() *Entity
	key() string // by which it is found beside id and number, unique; empty: it is not
}

// table finds the States of one kind of aggregate. It is immutable: a change makes a new one that shares all nodes that
// did not change. Its trees have locks, because copying a tree marks it, and several may copy one.
type table[P entry] struct {
	byID, byKey *btree.BTreeG[keyed[string, P]]
	byNumber    *btree.BTreeG[keyed[int64, P]]
}

func (t table[P]) get(id uuid.UUID) P {
	found, _ := t.byID.Get(keyed[string, P]{key: string(id[:])})
	return found.entry
}

func (t table[P]) find(key string) P {
	found, _ := t.byKey.Get(keyed[string, P]{key: key})
	return found.entry
}

func (t table[P]) numbered(number int64) P {
	found, _ := t.byNumber.Get(keyed[int64, P]{key: number})
	return found.entry
}

// list returns all entries by number.
func (t table[P]) list() []P {
	out := make([]P, 0, t.byNumber.Len())
	t.byNumber.Scan(func(k keyed[int64, P]) bool {
		out = append(out, k.entry)
		return true
	})
	return out
}

func (t table[P]) version(id uuid.UUID) uint64 {
	var none P
	if e := t.get(id); e != none {
		return e.Base().Version
	}
	return 0
}

// replace returns the table with after in the place of before; either may be none.
func (t table[P]) replace(before, after P) table[P] {
	var none P
	if before == after {
		return t
	}
	next := table[P]{byID: t.byID.Copy(), byKey: t.byKey.Copy(), byNumber: t.byNumber.Copy()}
	if before != none {
		next.byID.Delete(keyed[string, P]{key: string(before.Base().ID[:])})
		next.byKey.Delete(keyed[string, P]{key: before.key()})
		next.byNumber.Delete(keyed[int64, P]{key: before.Base().Number})
	}
	if after != none {
		e := after.Base()
		next.byID.Set(keyed[string, P]{string(e.ID[:]), after})
		next.byNumber.Set(keyed[int64, P]{e.Number, after})
		if key := after.key(); key != "" {
			next.byKey.Set(keyed[string, P]{key, after})
		}
	}
	return next
}

type keyed[K string | int64, P any] struct {
	key   K
	entry P
}

func newTable[P entry]() table[P] {
	text := func(a, b keyed[string, P]) bool { return strings.Compare(a.key, b.key) < 0 }
	number := func(a, b keyed[int64, P]) bool { return a.key < b.key }
	return table[P]{byID: btree.NewBTreeG(text), byKey: btree.NewBTreeG(text), byNumber: btree.NewBTreeG(number)}
}
