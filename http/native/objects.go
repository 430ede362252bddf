package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"accountd/commands"
	"accountd/projections"
)

// Replayed returns the resources of which [Objects] has objects.
func Replayed() []string {
	return []string{"users", "datacenters", "groups", "clients", "applications"}
}

// Objects returns a resource's objects as lists show them, for those who have a View of their own.
func Objects(v *projections.View, resource string) ([]json.RawMessage, error) {
	s, dir := v.Snapshot(), v.Snapshot().Directory()
	switch resource {
	case "users":
		return userObjects(v)
	case "datacenters":
		return objectsOf(dir.Datacenters(), func(d *commands.Datacenter) datacenterAnswer { return datacenterOf(s, dir, d) })
	case "groups":
		return objectsOf(dir.Groups(), func(g *commands.Group) groupAnswer { return groupOf(dir, g) })
	case "clients":
		return objectsOf(dir.Clients(), clientOf)
	case "applications":
		return objectsOf(dir.Applications(), applicationOf)
	}
	return nil, fmt.Errorf("there is no resource %q", resource)
}

func userObjects(v *projections.View) (out []json.RawMessage, err error) {
	all, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Limit: v.Snapshot().Len()})
	for _, u := range all.Users {
		j := userJSON(time.Time{}, v.Snapshot().Directory(), u)
		out = append(out, bytes.Clone(j.Bytes()))
		j.Free()
	}
	return out, err
}

func objectsOf[T, A any](all []T, answer func(T) A) (out []json.RawMessage, err error) {
	for _, one := range all {
		object, err := json.Marshal(answer(one))
		if err != nil {
			return nil, err
		}
		out = append(out, object)
	}
	return out, nil
}
