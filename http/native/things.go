package native

import (
	"cmp"
	"net/http"
	"reflect"
	"strconv"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest"
)

// things are what the directory has of one kind, each with a version of its own.
type things[T thing, A any] struct {
	name, one string // in paths
	all       func(*commands.Directory) []T
	byID      func(*commands.Directory, uuid.UUID) T
	byNumber  func(*commands.Directory, int64) T // which paths name; nil: they name the id
	absent    func() *commands.Refusal           // says that there is no such thing
	show      func(commands.States, *commands.Directory, T) A
	// create reads what is to be made. What is returned with the command, if anything, adds to the answer what is shown this once.
	create func(c caller, id uuid.UUID, m *members) (commands.Command, func(A) any)
	update func(c caller, id uuid.UUID, m *members) commands.Command // of a merge patch
	remove func(id uuid.UUID) commands.Command
}

// thing is the State of an aggregate in the directory.
type thing interface {
	comparable
	Base() *commands.Entity
}

func (k things[T, A]) routes(a *api) []route {
	all, one := "/v1/"+k.name, "/v1/"+k.name+"/:"+k.one
	return []route{
		{http.MethodGet, all, readsDirectory(k.list), true},
		{http.MethodPost, all, k.post(a), false},
		{http.MethodGet, one, readsDirectory(k.get), false},
		{http.MethodPatch, one, readsDirectory(k.patch(a)), false},
		{http.MethodDelete, one, readsDirectory(k.delete(a)), false},
	}
}

// named returns what the path names.
func (k things[T, A]) named(r *http.Request, c caller) (found T, err error) {
	dir, name := c.states.Directory(), param(r, k.one)
	if k.byNumber != nil {
		number, _ := strconv.ParseInt(name, 10, 64) // what is no number is the number of nothing
		found = k.byNumber(dir, number)
	} else {
		found = k.byID(dir, parseID(name))
	}
	var none T
	if found == none {
		return none, k.absent()
	}
	return found, nil
}

// place returns what paths name it by.
func (k things[T, A]) place(one T) string {
	if k.byNumber != nil {
		return strconv.FormatInt(one.Base().Number, 10)
	}
	return one.Base().ID.String()
}

func (k things[T, A]) list(w http.ResponseWriter, r *http.Request, c caller) error {
	dir := c.states.Directory()
	return writeList(w, r, numbered(k.name, k.all(dir), func(one T) int64 { return one.Base().Number }), func(one T) A { return k.show(c.states, dir, one) })
}

func (k things[T, A]) get(w http.ResponseWriter, r *http.Request, c caller) error {
	one, err := k.named(r, c)
	if err != nil {
		return err
	}
	return showEntity(w, r, one.Base().Version, k.show(c.states, c.states.Directory(), one))
}

func (k things[T, A]) post(a *api) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		m, err := readObject(w, r, false, typeJSON)
		if err != nil {
			return err
		}
		id := c.newID()
		cmd, secret := k.create(c, id, m)
		readOnly, err := k.readOnly(m)
		if err == nil {
			err = readOnly.absent()
		}
		if err != nil {
			return err
		}
		out, err := a.run(r.Context(), c, cmd)
		if err != nil {
			return err
		}
		made := k.byID(out.Directory, id)
		var none T
		if made == none { // deleted since the request took effect
			return k.absent()
		}
		w.Header().Set("Location", location(r, k.place(made)))
		return k.answer(w, c, http.StatusCreated, out, id, secret)
	}
}

func (k things[T, A]) patch(a *api) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		m, err := readPatch(w, r)
		if err != nil {
			return err
		}
		one, err := k.named(r, c)
		if err != nil {
			return err
		}
		cmd := k.update(c, one.Base().ID, m)
		readOnly, err := k.readOnly(m)
		if err != nil {
			return err
		}
		done, err := a.done(r.Context(), c, cmd)
		switch {
		case done != nil:
			return k.answer(w, c, http.StatusOK, *done, one.Base().ID, nil)
		case err == nil && !a.rehearsing:
			err = repeated(readOnly, k.show(c.states, c.states.Directory(), one))
		}
		if err != nil {
			return err
		}
		return k.change(a, w, r, c, one, cmd, nil)
	}
}

// change runs a command on one, and answers with what it is then.
func (k things[T, A]) change(a *api, w http.ResponseWriter, r *http.Request, c caller, one T, cmd commands.Command, secret func(A) any) error {
	out, err := a.change(r, c, one.Base().Version, cmd)
	if err != nil {
		return err
	}
	return k.answer(w, c, http.StatusOK, out, one.Base().ID, secret)
}

func (k things[T, A]) answer(w http.ResponseWriter, c caller, status int, out commands.Outcome, id uuid.UUID, secret func(A) any) error {
	one := k.byID(out.Directory, id)
	shown := k.show(c.states, out.Directory, one)
	rest.SetSequence(w, out.Sequence)
	if secret != nil {
		return writeEntity(w, status, one.Base().Version, secret(shown))
	}
	return writeEntity(w, status, one.Base().Version, shown)
}

func (k things[T, A]) delete(a *api) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		one, err := k.named(r, c)
		if err != nil && k.byNumber == nil { // it may be gone because of this very request
			done, lost := a.done(r.Context(), c, k.remove(parseID(param(r, k.one))))
			if done != nil {
				writeNothing(w, *done)
				return nil
			}
			err = cmp.Or(lost, err)
		}
		if err != nil {
			return err
		}
		out, err := a.change(r, c, one.Base().Version, k.remove(one.Base().ID))
		if err != nil {
			return err
		}
		writeNothing(w, out)
		return nil
	}
}

// readOnly takes the members that are shown and were not read: they cannot be set.
func (k things[T, A]) readOnly(m *members) (object, error) {
	left := m.takeAll(membersOf(reflect.TypeFor[A]())...)
	return left, m.done()
}
