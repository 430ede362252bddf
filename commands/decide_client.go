package commands

import (
	"slices"

	"accountd/events"
)

// Of names the client.
func (c CreateClient) Of() events.Aggregate { return events.Client(c.ID) }

func (c CreateClient) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayAdminister(s, a); err != nil {
		return nil, err
	}
	return decideCreateClient(s, c)
}

// Of names the client.
func (c UpdateClient) Of() events.Aggregate { return events.Client(c.ID) }

func (c UpdateClient) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	client := s.Directory().Client(c.ID)
	if err := changeable(client, version, mayAdminister(s, a), NoClient); err != nil {
		return nil, err
	}
	return decideUpdateClient(client, c)
}

// Of names the client.
func (c DeleteClient) Of() events.Aggregate { return events.Client(c.ID) }

func (c DeleteClient) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	client := s.Directory().Client(c.ID)
	if err := changeable(client, version, mayAdminister(s, a), NoClient); err != nil {
		return nil, err
	}
	return decideDeleteClient(s, client)
}

func decideCreateClient(s States, c CreateClient) ([]events.Draft, error) {
	e := c.Client
	e.Number = s.LastNumber(events.ClientNumber) + 1
	if err := checkClient(events.ClientUpdated{Name: &e.Name, Timezone: &e.Timezone}); err != nil {
		return nil, err
	}
	return drafted(events.Client(c.ID), events.KeyID{}, e)
}

func decideUpdateClient(client *Client, c UpdateClient) ([]events.Draft, error) {
	e, blocked := c.Change, changed(client.Blocked, c.Blocked)
	e.Name = changed(client.Name, e.Name)
	e.Timezone = changed(client.Timezone, e.Timezone)
	if err := checkClient(e); err != nil {
		return nil, err
	}
	var out []events.Draft
	add := func(e events.Event) {
		out = append(out, events.Draft{Aggregate: events.Client(client.ID), Key: client.Key, Event: e})
	}
	if e != (events.ClientUpdated{}) {
		add(e)
	}
	switch {
	case blocked == nil:
	case !*blocked:
		add(events.ClientUnblocked{})
	case client.Number == MainClientNumber:
		return nil, protected("The main client cannot be blocked.")
	default:
		add(events.ClientBlocked{})
	}
	return out, nil
}

func checkClient(e events.ClientUpdated) error {
	if e.Name != nil {
		if err := checkName(*e.Name); err != nil {
			return err
		}
	}
	if e.Timezone != nil && *e.Timezone != "" && !validTimezone(*e.Timezone) {
		return refuse(Invalid, "timezone_invalid", "timezone", "This is not the name of a time zone.")
	}
	return nil
}

func decideDeleteClient(s States, c *Client) ([]events.Draft, error) {
	switch {
	case c.Number == MainClientNumber:
		return nil, protected("The main client cannot be deleted.")
	case hasMembers(s, events.Client(c.ID)):
		return nil, keepsMembers("client")
	case slices.ContainsFunc(s.Directory().Applications(), func(a *Application) bool { return a.Client == c.Number }):
		return nil, refuse(Conflict, "has_applications", "", "Applications still belong to this client.")
	}
	return drafted(events.Client(c.ID), c.Key, events.ClientDeleted{})
}
