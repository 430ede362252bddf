package call

import (
	"cmp"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
	"accountd/projections"
)

// Collection is what the directory has of one kind, each with a version of its own: a list, and calls that make, show,
// change and delete one.
type Collection[T Aggregate, A any] struct {
	Name, One string // in paths and summaries, such as groups and group
	All       func(*commands.Directory) []T
	ByID      func(*commands.Directory, uuid.UUID) T
	ByNumber  func(*commands.Directory, int64) T // which paths name; nil: they name the id
	Absent    func() *commands.Refusal           // says that there is no such thing
	Show      func(commands.States, *commands.Directory, T) A

	New    Body // of what is to be made
	Made   any  // the answer to that, where it shows more than others; nil: A
	Change Body // of a merge patch

	// Create reads what is to be made. What is returned with the command, if anything, adds to the answer what is shown
	// this once.
	Create func(c Caller, id uuid.UUID, m *Members) (commands.Command, func(A) any)
	Update func(c Caller, id uuid.UUID, m *Members) commands.Command // of a merge patch
	Remove func(id uuid.UUID) commands.Command
}

// Body describes the object of a request by its members, each with a "!" behind its name when it must be there.
type Body struct {
	Members map[string]openapi.Schema
	Example map[string]any // nil: one is made of what the members may be
}

// Aggregate is the State of an aggregate in the directory.
type Aggregate interface {
	comparable
	Base() *commands.Entity
}

// Calls returns the calls that every collection has.
func (k Collection[T, A]) Calls(kernel *Kernel) []Call {
	all, one, shown := "/v1/"+k.Name, "/v1/"+k.Name+"/:"+k.One, *new(A)
	made := k.Made
	if made == nil {
		made = shown
	}
	article := "a "
	if strings.ContainsRune("aeiou", rune(k.One[0])) {
		article = "an "
	}
	return []Call{
		{Method: http.MethodGet, Path: all, Handle: ReadsDirectory(k.list),
			Doc: openapi.Operation{Summary: "List " + k.Name, Query: Paged(), Answer: ListAnswer[A]{}}},
		{Method: http.MethodPost, Path: all, Handle: k.post(kernel), Changes: Own, Shows: Tagged,
			Doc: openapi.Operation{
				Summary: "Create " + article + k.One, Body: openapi.Object(k.New.Members), Example: k.New.example(),
				Answer: made, Status: http.StatusCreated}},
		{Method: http.MethodGet, Path: one, Handle: ReadsDirectory(k.get), Shows: UnlessSame,
			Doc: openapi.Operation{Summary: "Show " + article + k.One, Answer: shown}},
		{Method: http.MethodPatch, Path: one, Handle: ReadsDirectory(k.patch(kernel)), Changes: Own, Shows: Tagged,
			Doc: openapi.Operation{
				Summary: "Change " + article + k.One, Body: PatchOf(k.Change.Members, shown),
				Example: k.Change.example(),
				Answer:  shown}},
		{Method: http.MethodDelete, Path: one, Handle: ReadsDirectory(k.delete(kernel)), Changes: Own,
			Doc: openapi.Operation{Summary: "Delete " + article + k.One}},
	}
}

// example returns the example, without a type when there is none.
func (b Body) example() any {
	if b.Example == nil {
		return nil
	}
	return b.Example
}

// Named returns what the path names.
func (k Collection[T, A]) Named(r *http.Request, c Caller) (found T, err error) {
	dir, name := c.States.Directory(), Param(r, k.One)
	if k.ByNumber != nil {
		number, _ := strconv.ParseInt(name, 10, 64) // what is no number is the number of nothing
		found = k.ByNumber(dir, number)
	} else {
		found = k.ByID(dir, ParseID(name))
	}
	var none T
	if found == none {
		return none, k.Absent()
	}
	return found, nil
}

// place returns what paths name it by.
func (k Collection[T, A]) place(one T) string {
	if k.ByNumber != nil {
		return strconv.FormatInt(one.Base().Number, 10)
	}
	return one.Base().ID.String()
}

func (k Collection[T, A]) list(w http.ResponseWriter, r *http.Request, c Caller) error {
	dir := c.States.Directory()
	return WriteList(w, r, Numbered(k.Name, k.All(dir), func(one T) int64 { return one.Base().Number }),
		func(one T) A { return k.Show(c.States, dir, one) })
}

func (k Collection[T, A]) get(w http.ResponseWriter, r *http.Request, c Caller) error {
	one, err := k.Named(r, c)
	if err != nil {
		return err
	}
	return ShowEntity(w, r, one.Base().Version, k.Show(c.States, c.States.Directory(), one))
}

func (k Collection[T, A]) post(kernel *Kernel) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		m, err := ReadObject(w, r, false, TypeJSON)
		if err != nil {
			return err
		}
		id := c.NewID()
		cmd, secret := k.Create(c, id, m)
		readOnly, err := k.readOnly(m)
		if err == nil {
			err = readOnly.Absent()
		}
		if err != nil {
			return err
		}
		out, err := kernel.Run(r.Context(), c, cmd)
		if err != nil {
			return err
		}
		made := k.ByID(out.Directory, id)
		var none T
		if made == none { // deleted since the request took effect
			return k.Absent()
		}
		w.Header().Set("Location", Location(r, k.place(made)))
		return k.answer(w, c, http.StatusCreated, out, id, secret)
	}
}

func (k Collection[T, A]) patch(kernel *Kernel) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		m, err := ReadPatch(w, r)
		if err != nil {
			return err
		}
		one, err := k.Named(r, c)
		if err != nil {
			return err
		}
		cmd := k.Update(c, one.Base().ID, m)
		readOnly, err := k.readOnly(m)
		if err != nil {
			return err
		}
		done, err := kernel.Done(r.Context(), c, cmd)
		switch {
		case done != nil:
			return k.answer(w, c, http.StatusOK, *done, one.Base().ID, nil)
		case err == nil && !kernel.Rehearsing:
			err = Repeated(readOnly, k.Show(c.States, c.States.Directory(), one))
		}
		if err != nil {
			return err
		}
		return k.Run(kernel, w, r, c, one, cmd, nil)
	}
}

// Run runs a command on one, and answers with what it is then.
func (k Collection[T, A]) Run(kernel *Kernel, w http.ResponseWriter, r *http.Request, c Caller, one T,
	cmd commands.Command, secret func(A) any) error {
	out, err := kernel.Change(r, c, one.Base().Version, cmd)
	if err != nil {
		return err
	}
	return k.answer(w, c, http.StatusOK, out, one.Base().ID, secret)
}

func (k Collection[T, A]) answer(w http.ResponseWriter, c Caller, status int, out commands.Outcome, id uuid.UUID,
	secret func(A) any) error {
	one := k.ByID(out.Directory, id)
	shown := k.Show(c.States, out.Directory, one)
	rest.SetSequence(w, out.Sequence)
	if secret != nil {
		return WriteEntity(w, status, one.Base().Version, secret(shown))
	}
	return WriteEntity(w, status, one.Base().Version, shown)
}

func (k Collection[T, A]) delete(kernel *Kernel) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		one, err := k.Named(r, c)
		if err != nil && k.ByNumber == nil { // it may be gone because of this very request
			done, lost := kernel.Done(r.Context(), c, k.Remove(ParseID(Param(r, k.One))))
			if done != nil {
				WriteNothing(w, *done)
				return nil
			}
			err = cmp.Or(lost, err)
		}
		if err != nil {
			return err
		}
		out, err := kernel.Change(r, c, one.Base().Version, k.Remove(one.Base().ID))
		if err != nil {
			return err
		}
		WriteNothing(w, out)
		return nil
	}
}

// readOnly takes the members that are shown and were not read: they cannot be set.
func (k Collection[T, A]) readOnly(m *Members) (Object, error) {
	left := m.TakeAll(membersOf(reflect.TypeFor[A]())...)
	return left, m.Done()
}

// Objects returns all of them as lists show them.
func (k Collection[T, A]) Objects(s *projections.Snapshot) (out []json.RawMessage, err error) {
	for _, one := range k.All(s.Directory()) {
		object, err := json.Marshal(k.Show(s, s.Directory(), one))
		if err != nil {
			return nil, err
		}
		out = append(out, object)
	}
	return out, nil
}
