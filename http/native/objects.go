package native

import (
	"bytes"
	"encoding/json"
	"fmt"

	"accountd/commands"
	"accountd/projections"
)

// Replayed returns the resources of which [Objects] has objects.
func Replayed() []string { return []string{"users", "clients", "applications"} }

// Objects returns a resource's objects as lists show them, for those who have a View of their own.
func Objects(v *projections.View, resource string) ([]json.RawMessage, error) {
	s := v.Snapshot()
	switch resource {
	case "users":
		return userObjects(v)
	case "clients":
		return objectsOf(s.Directory().Clients(), clientOf)
	case "applications":
		return objectsOf(s.Directory().Applications(), applicationOf)
	}
	return nil, fmt.Errorf("there is no resource %q", resource)
}

func userObjects(v *projections.View) (out []json.RawMessage, err error) {
	all, err := v.List(projections.Query{Scope: commands.Scope{All: true}, Limit: v.Snapshot().Len()})
	for _, u := range all.Users {
		j := userJSON(v.Snapshot().Directory(), u)
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
