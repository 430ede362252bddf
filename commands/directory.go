package commands

import (
	"slices"

	"github.com/google/uuid"

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

// NewDirectory returns an empty Directory.
func NewDirectory() *Directory {
	return &Directory{datacenters: newTable[*Datacenter](), groups: newTable[*Group](), clients: newTable[*Client](),
		applications: newTable[*Application](), webhooks: newTable[*Webhook](), subscriptions: newTable[*Subscription]()}
}

// Evolve returns the Directory after the Record, and leaves d as it is. A Record of a user, one whose content is erased,
// and one that does not fit the State change nothing.
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

// attached returns the groups after a Record of a datacenter: where a group is attached is part of its State, too, so that a change
// which builds on a version of the group builds on that.
func attached(before, after *Directory, r events.Record) table[*Group] {
	groups, was, is := before.groups, before.Datacenter(r.Aggregate.ID).attached(), after.Datacenter(r.Aggregate.ID).attached()
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

// belongs reports whether the user is bound to the datacenter, in the group, of the client, or in the Scope of that parent.
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
