package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/projections/past"
)

// differ tells what changed between two states of a user, by the names that this API has for it.
type differ struct {
	api   *api
	names *past.Names
	now   past.Moment // of the record that is looked at: things have the names that they had then
}

func (d differ) entry(life past.Life, i int) historyAnswer {
	r := life.Records[i]
	out := historyAnswer{Sequence: r.Sequence, Time: r.Time, Type: r.Type, Actor: r.Cause.Actor,
		Credential: call.OrNull(r.Cause.Credential),
		Dialect:    call.OrNull(r.Cause.Dialect), RequestID: call.OrNull(r.Cause.RequestID), Erased: life.Erased,
		Changes: []changeAnswer{}}
	d.now = past.Moment{Sequence: r.Sequence}
	before, after := life.Before(i), life.States[i]
	if life.Erased || before == after {
		return out
	}
	out.Changes = append(out.Changes, d.ended(r.Event)...)
	out.Changes = append(out.Changes, changes(d.fields(before), d.fields(after))...)
	return out
}

// endedSession is a session as a history has it.
type endedSession struct {
	ID          uuid.UUID  `json:"id"`
	Kind        string     `json:"kind"`
	Application *uuid.UUID `json:"application"`
	Reason      *string    `json:"reason"`
}

// ended returns what an event ended that the user's state does not have.
func (d differ) ended(e events.Event) []changeAnswer {
	switch e := e.(type) {
	case events.SessionEnded:
		return []changeAnswer{{Field: "session",
			Before: call.Marshal(endedSession{e.ID, e.Kind, call.OrNull(e.Application), call.OrNull(e.Reason)})}}
	case events.SessionsEnded:
		return []changeAnswer{{Field: "sessions", Before: call.Marshal("all")}}
	}
	return nil
}

// field is one thing that a user has.
type field struct {
	name  string
	value json.RawMessage // as it is shown
	key   string          // of one of several things of that name
	state string          // a change of it is a change, although the value is shown the same; never shown
}

func (f field) is(other field) bool { return f.name == other.name && f.key == other.key }

// changes compares what there was with what there is.
func changes(before, after []field) []changeAnswer {
	var out []changeAnswer
	for _, b := range before {
		i := slices.IndexFunc(after, b.is)
		if i < 0 {
			out = append(out, changeAnswer{Field: b.name, Before: b.value})
		} else if a := after[i]; !bytes.Equal(a.value, b.value) || a.state != b.state {
			out = append(out, changeAnswer{Field: b.name, Before: b.value, After: a.value})
		}
	}
	for _, a := range after {
		if !slices.ContainsFunc(before, a.is) {
			out = append(out, changeAnswer{Field: a.name, After: a.value})
		}
	}
	return slices.DeleteFunc(out, func(c changeAnswer) bool { return empty(c.Before) && empty(c.After) })
}

// empty reports whether nothing is there; a list of nothing is nothing, and so is no text.
func empty(value json.RawMessage) bool {
	return value == nil || string(value) == "null" || string(value) == "[]" || string(value) == `""`
}

// fields returns everything that the user has, nothing for none. Secrets are masked.
func (d differ) fields(u *commands.User) []field {
	if u == nil {
		return nil
	}
	out := append(d.members(u), d.memberships(u)...)
	if u.PasswordHash != "" {
		out = append(out, field{name: "password", value: call.Marshal(events.Masked), state: u.PasswordHash.Reveal()})
	}
	if p := u.PasswordReset; p != nil {
		out = append(out, field{name: "password_reset", value: call.Marshal(resetAnswer{ExpiresAt: p.ExpiresAt}),
			state: p.Hash.Reveal()})
	}
	if f := u.SecondFactor; f != nil {
		out = append(out, field{name: "totp", value: call.Marshal(events.Masked), state: f.Secret.Reveal()},
			field{name: "recovery_codes_left", value: call.Marshal(len(f.RecoveryCodes)),
				state: fmt.Sprint(f.RecoveryCodes)})
	}
	return append(out, d.credentials(u)...)
}

// members returns the members of the user's object, those of the profile one by one.
func (d differ) members(u *commands.User) (out []field) {
	j := userJSON(time.Time{}, named(commands.NewDirectory()), u)
	defer j.Free()
	_ = call.EachMember(j.Bytes(), func(name string, value json.RawMessage) { // we wrote it
		switch name {
		case "id", "created_at", "updated_at", "datacenter", "groups", "profile":
		default:
			out = append(out, field{name: name, value: value})
		}
	})
	if u.Profile != nil {
		profile := reflect.ValueOf(u.Profile).Elem()
		for i, name := range profileMembers {
			if f := profile.Field(i); !f.IsZero() {
				out = append(out, field{name: "profile." + name, value: call.Marshal(f.Interface())})
			}
		}
	}
	return out
}

// memberships names the user's datacenter and groups as they were called then, or before they were deleted.
func (d differ) memberships(u *commands.User) (out []field) {
	if u.Datacenter != uuid.Nil {
		name := d.names.Called(u.Datacenter, d.now)
		out = append(out, field{name: "datacenter", value: call.Marshal(name), state: u.Datacenter.String()})
	}
	groups := []string{}
	for _, id := range u.Groups {
		groups = append(groups, d.names.Called(id, d.now))
	}
	return append(out, field{name: "groups", value: call.Marshal(groups)})
}

// credentials returns what belongs to the user, one by one.
func (d differ) credentials(u *commands.User) (out []field) {
	for _, k := range u.SSHKeys {
		out = append(out, field{name: "ssh_keys", key: k.Fingerprint, value: call.Marshal(sshKeyOf(k))})
	}
	for _, k := range u.SigningKeys {
		masked := newSigningKeyAnswer{signingKeyOf(k), events.Masked}
		out = append(out, field{name: "signing_keys", key: k.ID, value: call.Marshal(masked), state: k.Secret.Reveal()})
	}
	for _, k := range u.StorageKeys {
		masked := storageKeyAnswer{Kind: k.Kind, ID: k.ID, Secret: events.Masked}
		out = append(out, field{name: "storage_keys", key: k.Kind, value: call.Marshal(masked),
			state: k.Secret.Reveal()})
	}
	for _, k := range u.APIKeys {
		shown := d.api.apiKeyOf(k)
		shown.LastUsedAt, shown.OldUntil = nil, call.OrNull(k.OldUntil) // when it was used is no part of the history
		out = append(out, field{name: "api_keys", key: k.ID.String(), value: call.Marshal(shown),
			state: k.Hash.Reveal()})
	}
	for _, g := range u.Consents {
		out = append(out, field{name: "consents", key: strconv.FormatUint(g.Sequence, 10),
			value: call.Marshal(d.api.consentOf(g))})
	}
	for _, l := range u.Resources {
		out = append(out, field{name: "resources", key: strings.Join([]string{l.Kind, l.ID}, " "),
			value: call.Marshal(resourceOf(l))})
	}
	return out
}

// changeAnswer is what one field was and is; null stands for nothing.
type changeAnswer struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// resetAnswer shows a request to set a new password.
type resetAnswer struct {
	ExpiresAt time.Time `json:"expires_at"`
}
