package commands

import (
	"slices"

	"github.com/google/uuid"

	"accountd/events"
)

// Of names the datacenter.
func (c CreateDatacenter) Of() events.Aggregate { return events.Datacenter(c.ID) }

func (c CreateDatacenter) decide(s States, a Actor, _ uint64) ([]events.Draft, error) {
	if err := mayAdminister(s, a); err != nil {
		return nil, err
	}
	return decideCreateDatacenter(s, c)
}

// Of names the datacenter.
func (c UpdateDatacenter) Of() events.Aggregate { return events.Datacenter(c.ID) }

func (c UpdateDatacenter) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	d := s.Directory().Datacenter(c.ID)
	if err := changeable(d, version, mayAdminister(s, a), NoDatacenter); err != nil {
		return nil, err
	}
	return decideUpdateDatacenter(s, d, c.Change)
}

// Of names the datacenter.
func (c DeleteDatacenter) Of() events.Aggregate { return events.Datacenter(c.ID) }

func (c DeleteDatacenter) decide(s States, a Actor, version uint64) ([]events.Draft, error) {
	d := s.Directory().Datacenter(c.ID)
	if err := changeable(d, version, mayAdminister(s, a), NoDatacenter); err != nil {
		return nil, err
	}
	return decideDeleteDatacenter(s, d)
}

func decideCreateDatacenter(s States, c CreateDatacenter) ([]events.Draft, error) {
	e := c.Datacenter
	e.Number = s.LastNumber(events.DatacenterNumber) + 1
	if err := checkDatacenter(s, c.ID, events.DatacenterUpdated{Name: &e.Name, Owner: &e.Owner, Groups: &e.Groups}); err != nil {
		return nil, err
	}
	return drafted(events.Datacenter(c.ID), events.KeyID{}, e)
}

func decideUpdateDatacenter(s States, d *Datacenter, e events.DatacenterUpdated) ([]events.Draft, error) {
	e.Name = changed(d.Name, e.Name)
	e.Owner = changed(d.Owner, e.Owner)
	e.Public = changed(d.Public, e.Public)
	if e.Groups != nil {
		if e.Groups = listed(*e.Groups); sameSet(d.Groups, *e.Groups) {
			e.Groups = nil
		}
	}
	if e == (events.DatacenterUpdated{}) {
		return nil, nil
	}
	if err := checkDatacenter(s, d.ID, e); err != nil {
		return nil, err
	}
	return drafted(events.Datacenter(d.ID), d.Key, e)
}

func checkDatacenter(s States, id uuid.UUID, e events.DatacenterUpdated) error {
	dir := s.Directory()
	if e.Name != nil {
		if err := checkPathName(*e.Name); err != nil {
			return err
		}
		if other := dir.DatacenterByName(*e.Name); other != nil && other.ID != id {
			return refuse(Taken, "datacenter_name_taken", "name", "There is a datacenter of this name.")
		}
	}
	if e.Owner != nil && *e.Owner != uuid.Nil && s.User(*e.Owner) == nil {
		return noSuch("owner")
	}
	if e.Groups != nil {
		return checkExisting("groups", *e.Groups, func(id uuid.UUID) bool { return dir.Group(id) != nil })
	}
	return nil
}

func decideDeleteDatacenter(s States, d *Datacenter) ([]events.Draft, error) {
	switch {
	case d.Number == MainDatacenterNumber:
		return nil, protected("The main datacenter cannot be deleted.")
	case hasMembers(s, events.Datacenter(d.ID)):
		return nil, keepsMembers("datacenter")
	case slices.ContainsFunc(s.Directory().Groups(), func(g *Group) bool { return g.Datacenter == d.ID }):
		return nil, refuse(Conflict, "has_groups", "", "Groups are still bound to this datacenter.")
	}
	return drafted(events.Datacenter(d.ID), d.Key, events.DatacenterDeleted{})
}

// sameSet reports whether two lists without repetitions hold the same.
func sameSet(a, b []uuid.UUID) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(id uuid.UUID) bool { return !slices.Contains(b, id) })
}
