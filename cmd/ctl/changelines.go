package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// changeLines makes a history's entries the lines of a table. It knows the names of those who changed something.
type changeLines struct {
	s     service
	known map[string]json.RawMessage // by actor
}

// of returns a line for each change; what those of one entry have in common stands in the first of them.
func (l *changeLines) of(ctx context.Context, entries []json.RawMessage) (out []json.RawMessage, err error) {
	for _, raw := range entries {
		var entry members
		var of struct{ Changes []members }
		if err := errors.Join(json.Unmarshal(raw, &entry), json.Unmarshal(raw, &of)); err != nil {
			return nil, fmt.Errorf("reading the history: %w", err)
		}
		entry["actor"] = l.actor(ctx, entry.value("actor"))
		for _, line := range linesOf(entry, of.Changes) {
			text, err := json.Marshal(line)
			if err != nil {
				return nil, err
			}
			out = append(out, text)
		}
	}
	return out, nil
}

func linesOf(entry members, changes []members) []members {
	if len(changes) == 0 {
		changes = []members{{"field": nil, "before": nil, "after": nil}} // of an event that changes nothing to be seen
	}
	for i, line := range changes {
		for name, value := range entry {
			if line[name] = nil; i == 0 {
				line[name] = value
			}
		}
	}
	return changes
}

// actor returns the actor's username, and the actor itself where there is none to be seen.
func (l *changeLines) actor(ctx context.Context, actor json.RawMessage) json.RawMessage {
	if name, known := l.known[string(actor)]; known {
		return name
	}
	name, id := actor, ""
	var user struct{ Username json.RawMessage }
	if json.Unmarshal(actor, &id) == nil && uuid.Validate(id) == nil {
		if _, err := l.s.call(ctx, http.MethodGet, "/v1/users/"+id, nil, nil, &user); err == nil {
			name = user.Username
		}
	}
	l.known[string(actor)] = name
	return name
}
