package commands

import "accountd/events"

// Decide returns the Events by which the Command takes effect, none when everything is so already, or a [Refusal].
func Decide(s States, a Actor, c Command) ([]events.Draft, error) {
	if err := mayStillAsk(s, a); err != nil {
		return nil, err
	}
	out, err := c.decide(s, a, 0)
	if err == nil {
		err = mayWithProof(a, out)
	}
	if err == nil {
		err = mayOutlast(s, a, out)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// userCommand is a Command on a user who is there.
type userCommand interface {
	Command
	// decideOn returns the Events that the Command leads to.
	decideOn(s States, a Actor, u *User) ([]events.Event, error)
}

// decideUser returns the Drafts of a userCommand.
func decideUser(s States, a Actor, c userCommand, version uint64) ([]events.Draft, error) {
	u := s.User(c.Of().ID)
	if u == nil {
		return nil, noSuchUser()
	}
	facts, err := c.decideOn(s, a, u)
	if err == nil {
		err = checkVersion(u.Version, version)
	}
	if err != nil {
		return nil, err
	}
	return drafts(u, facts), nil
}

// drafts makes Drafts of Events of a user.
func drafts(u *User, facts []events.Event) []events.Draft {
	out := make([]events.Draft, len(facts))
	for i, e := range facts {
		out[i] = events.Draft{Aggregate: events.User(u.ID), Key: u.Key, Event: e}
	}
	return out
}

// one is the usual outcome: a single Event.
func one(e events.Event) ([]events.Event, error) { return []events.Event{e}, nil }
