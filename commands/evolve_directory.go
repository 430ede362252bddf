package commands

import "accountd/events"

func evolveDatacenter(d *Datacenter, r events.Record) *Datacenter {
	if e, ok := r.Event.(events.DatacenterCreated); ok && d == nil {
		return &Datacenter{newEntity(r, e.Number, e.Name), e.Owner, e.Public, e.Groups}
	}
	if d == nil {
		return nil
	}
	next := *d
	next.touch(r)
	switch e := r.Event.(type) {
	case events.DatacenterUpdated:
		set(&next.Name, e.Name)
		set(&next.Owner, e.Owner)
		set(&next.Public, e.Public)
		set(&next.Groups, e.Groups)
	case events.DatacenterDeleted:
		return nil
	default:
		return d
	}
	return &next
}

func evolveGroup(g *Group, r events.Record) *Group {
	if e, ok := r.Event.(events.GroupCreated); ok && g == nil {
		return &Group{newEntity(r, e.Number, e.Name), e.Datacenter, e.Permissions}
	}
	if g == nil {
		return nil
	}
	next := *g
	next.touch(r)
	switch e := r.Event.(type) {
	case events.GroupUpdated:
		set(&next.Name, e.Name)
		set(&next.Datacenter, e.Datacenter)
		set(&next.Permissions, e.Permissions)
	case events.GroupDeleted:
		return nil
	default:
		return g
	}
	return &next
}

func evolveClient(c *Client, r events.Record) *Client {
	if e, ok := r.Event.(events.ClientCreated); ok && c == nil {
		return &Client{newEntity(r, e.Number, e.Name), e.Timezone, e.Blocked}
	}
	if c == nil {
		return nil
	}
	next := *c
	next.touch(r)
	switch e := r.Event.(type) {
	case events.ClientUpdated:
		set(&next.Name, e.Name)
		set(&next.Timezone, e.Timezone)
	case events.ClientBlocked:
		next.Blocked = true
	case events.ClientUnblocked:
		next.Blocked = false
	case events.ClientDeleted:
		return nil
	default:
		return c
	}
	return &next
}

func evolveApplication(a *Application, r events.Record) *Application {
	if e, ok := r.Event.(events.ApplicationCreated); ok && a == nil {
		return &Application{newEntity(r, e.Number, e.Name), e.AppID, e.SecretHash, r.Sequence, e.User, e.Client, e.Kind, e.Access, e.RedirectURIs}
	}
	if a == nil {
		return nil
	}
	next := *a
	next.touch(r)
	switch e := r.Event.(type) {
	case events.ApplicationUpdated:
		set(&next.Name, e.Name)
		set(&next.Access, e.Access)
		set(&next.RedirectURIs, e.RedirectURIs)
	case events.ApplicationSecretRotated:
		next.SecretHash, next.SecretSince = e.SecretHash, r.Sequence
	case events.ApplicationDeleted:
		return nil
	default:
		return a
	}
	return &next
}
