package commands

// Lists are everything in a [Directory], by number, from which another one can be made.
type Lists struct {
	Datacenters   []*Datacenter
	Groups        []*Group
	Clients       []*Client
	Applications  []*Application
	Webhooks      []*Webhook
	Subscriptions []*Subscription
}

// Lists returns everything in the Directory.
func (d *Directory) Lists() Lists {
	return Lists{Datacenters: d.datacenters.list(), Groups: d.groups.list(), Clients: d.clients.list(),
		Applications: d.applications.list(), Webhooks: d.webhooks.list(),
		Subscriptions: d.subscriptions.list()}
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
