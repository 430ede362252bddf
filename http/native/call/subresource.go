package call

import (
	"net/http"
	"reflect"
	"strings"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

// SubResource is what a user has of one kind. It has the user's version.
type SubResource[T, A any] struct {
	Name        string // in paths and cursors
	One         string // what paths name one by, such as :number
	Of          func(*commands.User) []T
	Key         func(T) string                                // each has another; lists are in their order
	Find        func(*commands.User, *http.Request) (T, bool) // what the path names
	Absent      func() *commands.Refusal                      // says that it names nothing
	Show        func(T) A
	Unversioned []string // members that change by themselves, without a new version
}

// All returns the path of the list.
func (b SubResource[T, A]) All() string { return UsersPath + "/:id/" + b.Name }

// Each returns the path of one.
func (b SubResource[T, A]) Each() string { return b.All() + "/" + b.One }

// List returns the call that lists a user's.
func (b SubResource[T, A]) List(summary string) Call {
	return Call{Method: http.MethodGet, Path: b.All(), Handle: b.list,
		Doc: openapi.Operation{Summary: summary, Query: Paged(), Answer: ListAnswer[A]{}}}
}

// Get returns the call that shows one.
func (b SubResource[T, A]) Get(summary string) Call {
	shows := UnlessSame
	if len(b.Unversioned) > 0 {
		shows = Tagged // so that a version does not tell whether the caller has it as it is
	}
	return Call{Method: http.MethodGet, Path: b.Each(), Handle: b.get, Shows: shows,
		Doc: openapi.Operation{Summary: summary, Answer: *new(A)}}
}

// Add returns the call that makes one.
func (b SubResource[T, A]) Add(handle Handler, doc openapi.Operation) Call {
	doc.Status = http.StatusCreated
	return Call{Method: http.MethodPost, Path: b.All(), Handle: handle, Changes: OfUser, Shows: Tagged, Doc: doc}
}

// Patch returns the call that changes one by a merge patch, of which read takes what may change.
func (b SubResource[T, A]) Patch(k *Kernel, read func(r *http.Request, m *Members) commands.Command, body Body,
	doc openapi.Operation) Call {
	doc.Body, doc.Example, doc.Answer, doc.Also = PatchOf(body.Members, *new(A)), body.example(), *new(A),
		[]int{http.StatusNoContent}
	return Call{Method: http.MethodPatch, Path: b.Each(), Handle: b.patch(k, read), Changes: OfUser, Shows: Tagged,
		Doc: doc}
}

// Delete returns the call that ends one.
func (b SubResource[T, A]) Delete(handle Handler, summary string) Call {
	return Call{Method: http.MethodDelete, Path: b.Each(), Handle: handle, Changes: OfUser,
		Doc: openapi.Operation{Summary: summary}}
}

func (b SubResource[T, A]) list(w http.ResponseWriter, r *http.Request, c Caller) error {
	u, err := c.Visible(r)
	if err != nil {
		return err
	}
	return WriteList(w, r, Keyed(b.Name, b.Of(u), b.Key), b.Show)
}

func (b SubResource[T, A]) get(w http.ResponseWriter, r *http.Request, c Caller) error {
	u, err := c.Visible(r)
	if err != nil {
		return err
	}
	v, ok := b.Find(u, r)
	switch {
	case !ok:
		return b.Absent()
	case len(b.Unversioned) > 0:
		return WriteEntity(w, http.StatusOK, u.Version, b.Show(v))
	}
	return ShowEntity(w, r, u.Version, b.Show(v))
}

func (b SubResource[T, A]) patch(k *Kernel, read func(r *http.Request, m *Members) commands.Command) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		m, err := ReadPatch(w, r)
		if err != nil {
			return err
		}
		cmd := read(r, m)
		readOnly := m.TakeAll(membersOf(reflect.TypeFor[A]())...)
		if err := m.Done(); err != nil {
			return err
		}
		if err := b.repeated(r, c, cmd, readOnly); err != nil {
			return err
		}
		out, err := k.OnUser(r, c, cmd)
		if err != nil {
			return err
		}
		if !c.Scope().Sees(out.User) {
			WriteNothing(w, out)
			return nil
		}
		after, _ := b.Find(out.User, r)
		rest.SetSequence(w, out.Sequence)
		return WriteEntity(w, http.StatusOK, out.User.Version, b.Show(after))
	}
}

// repeated refuses read-only members that do not repeat what is shown, once it is clear that the caller may make the
// change.
func (b SubResource[T, A]) repeated(r *http.Request, c Caller, cmd commands.Command, readOnly Object) error {
	for _, name := range b.Unversioned {
		delete(readOnly, name)
	}
	if len(readOnly) == 0 || c.Refusal(cmd) != nil {
		return nil
	}
	v, _ := b.Find(c.States.User(UserID(r)), r)
	return Repeated(readOnly, b.Show(v))
}

// WriteOwned answers a request that gave a user something which has a place of its own.
func WriteOwned(w http.ResponseWriter, out commands.Outcome, location string, made any) error {
	w.Header().Set("ETag", VersionTag(out.User.Version))
	return WriteMade(w, out, location, made)
}

// membersOf returns the names of an object's members.
func membersOf(t reflect.Type) (names []string) {
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			names = append(names, name)
		}
	}
	return names
}
