package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"accountd/commands"
	"accountd/projections"
)

// Replayable returns the collections that [Replay] shows.
func Replayable() []string {
	return []string{"users", "datacenters", "groups", "clients", "applications"}
}

// Replay returns the objects of a collection as lists show them, from a View that was built from records elsewhere.
func Replay(v *projections.View, resource string) ([]json.RawMessage, error) {
	switch resource {
	case "users":
		return replayUsers(v)
	case "datacenters":
		return datacenters().Objects(v.Snapshot())
	case "groups":
		return groups().Objects(v.Snapshot())
	case "clients":
		return clients().Objects(v.Snapshot())
	case "applications":
		return applications().Objects(v.Snapshot())
	}
	return nil, fmt.Errorf("there is no resource %q", resource)
}

func replayUsers(v *projections.View) (out []json.RawMessage, err error) {
	all, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Limit: v.Snapshot().Len()})
	for _, u := range all.Users {
		j := userJSON(time.Time{}, named(v.Snapshot().Directory()), u)
		out = append(out, bytes.Clone(j.Bytes()))
		j.Free()
	}
	return out, err
}
