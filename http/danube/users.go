package danube

import (
	"errors"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/commands/password"
	"accountd/events"
)

func (x *exchange) showUser() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	extended, err := x.in.truth("extended", false)
	if err != nil {
		return err
	}
	return x.succeed(x.userOf(u, extended))
}

// createUser makes a user. That the name is taken is told before anything is said about the datacenter and the body,
// and to everybody who may make users at all.
func (x *exchange) createUser() error {
	name := x.params["username"]
	if name != x.caller.Username {
		if err := x.mayList(); err != nil {
			return err
		}
	}
	if x.named(name) != nil {
		return userExists()
	}
	var given *commands.Datacenter
	if x.in.given("dc") {
		text, _ := textOf(x.in["dc"])
		d, err := x.datacenter(text)
		if err != nil {
			return err
		}
		given, x.dc = d, d
	}
	if !x.isSuperAdmin() && (given == nil || !slices.Contains(x.administered(), given.ID)) {
		return forbidden()
	}
	cmd, plain, err := x.creation(name, given)
	if err != nil {
		return err
	}
	if err := x.check(cmd); err != nil {
		return err
	}
	if cmd.User.PasswordHash, err = x.hash(plain); err != nil {
		return err
	}
	out, err := x.do(cmd)
	if err != nil {
		return err
	}
	return x.answer(http.StatusCreated, x.userOf(out.User, false), out.User)
}

func (x *exchange) updateUser() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	cmd, plain, err := x.update(u)
	if err != nil {
		return err
	}
	if plain != nil {
		if err := x.check(cmd); err != nil {
			return err
		}
		hash, err := x.hash(*plain)
		if err != nil {
			return err
		}
		cmd.PasswordHash, cmd.KeepsTokens = &hash, true // as the contract has it
	}
	out, err := x.do(cmd)
	if err != nil {
		return err
	}
	return x.answer(http.StatusOK, x.userOf(out.User, false), out.User)
}

// hash hashes a password that has been checked to be one, but for its length.
func (x *exchange) hash(plain string) (events.Secret, error) {
	hash, err := x.api.HashPassword(x.ctx(), plain)
	if errors.Is(err, password.ErrTooLong) {
		return "", invalid{{"password", []string{invalidValue}}}
	}
	return hash, err
}

// deleteUser ends an account. The task is one of the caller's own, because the user's number leads nowhere any more.
func (x *exchange) deleteUser() error {
	u, err := x.target()
	if err != nil {
		return err
	}
	if u.ID == x.caller.ID || u.Protected() {
		return forbidden()
	}
	_, err = x.do(commands.DeleteUser{ID: u.ID})
	var refusal *commands.Refusal
	if errors.As(err, &refusal) && refusal.Kind == commands.Conflict {
		x.states = x.api.Snapshot() // in which there is what the refusal is about
		return related{x.relations(u.ID)}
	}
	if err != nil {
		return err
	}
	return x.succeed(nil)
}

const hasRelations = "Cannot delete user, because he has relations to some objects."

// relationKinds are the original's names of what may belong to a user, and ours.
var relationKinds = []struct {
	name  string
	kinds []string
}{
	{"VM", []string{"vm", "server"}}, {"Node", []string{"node"}}, {"Storage", []string{"storage"}},
	{"Network", []string{"network"}},
	{"Image", []string{"image"}}, {"Template", []string{"template"}}, {"ISO image", []string{"iso_image"}},
	{"Domain", []string{"domain"}},
}

// relations returns the names of what belongs to the user, by kind.
func (x *exchange) relations(id uuid.UUID) object {
	out := object{}
	var owned []string
	for _, d := range x.states.Directory().Datacenters() {
		if d.Owner == id {
			owned = append(owned, d.Name)
		}
	}
	if len(owned) > 0 {
		out = append(out, member{"Datacenter", owned})
	}
	u := x.states.User(id)
	if u == nil {
		return out
	}
	for _, k := range relationKinds {
		var names []string
		for _, r := range u.Resources {
			if slices.Contains(k.kinds, r.Kind) {
				names = append(names, nameOf(r))
			}
		}
		if len(names) > 0 {
			out = append(out, member{k.name, names})
		}
	}
	return out
}

func nameOf(r events.ResourceLinked) string {
	if r.Name == "" {
		return r.ID
	}
	return r.Name
}
