package native

import (
	"net/http"
	"reflect"
	"strings"

	"accountd/commands"
	"accountd/http/rest"
)

// belongings are the things of one kind that a user has. They have the user's version.
type belongings[T, A any] struct {
	name   string // in paths and cursors
	of     func(*commands.User) []T
	key    func(T) string                                // lists are in the order of keys, each of which is another
	find   func(*commands.User, *http.Request) (T, bool) // what the path names
	absent func() *commands.Refusal                      // says that it names nothing
	show   func(T) A
	moving []string // members that change by themselves, without a new version
}

func (b belongings[T, A]) list(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	return writeList(w, r, keyed(b.name, b.of(u), b.key), b.show)
}

func (b belongings[T, A]) get(w http.ResponseWriter, r *http.Request, c caller) error {
	u, err := c.visible(r)
	if err != nil {
		return err
	}
	v, ok := b.find(u, r)
	switch {
	case !ok:
		return b.absent()
	case len(b.moving) > 0: // so that a version does not tell whether the caller has it as it is
		return writeEntity(w, http.StatusOK, u.Version, b.show(v))
	}
	return showEntity(w, r, u.Version, b.show(v))
}

// patch returns the handler of merge patches, of which read takes what may change.
func (b belongings[T, A]) patch(a *api, read func(r *http.Request, m *members) commands.Command) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		m, err := readPatch(w, r)
		if err != nil {
			return err
		}
		cmd := read(r, m)
		readOnly := m.takeAll(membersOf(reflect.TypeFor[A]())...)
		if err := m.done(); err != nil {
			return err
		}
		if err := b.repeated(r, c, cmd, readOnly); err != nil {
			return err
		}
		out, err := a.do(r, c, cmd)
		if err != nil {
			return err
		}
		if !c.scope().Sees(out.User) {
			writeNothing(w, out)
			return nil
		}
		after, _ := b.find(out.User, r)
		rest.SetSequence(w, out.Sequence)
		return writeEntity(w, http.StatusOK, out.User.Version, b.show(after))
	}
}

// repeated refuses read-only members that do not repeat what is shown, once it is clear that the caller may make the change.
func (b belongings[T, A]) repeated(r *http.Request, c caller, cmd commands.Command, readOnly object) error {
	for _, name := range b.moving {
		delete(readOnly, name)
	}
	if len(readOnly) == 0 || c.refusal(cmd) != nil {
		return nil
	}
	v, _ := b.find(c.states.User(userID(r)), r)
	return repeated(readOnly, b.show(v))
}

// writeOwned answers a request that gave a user something which has a place of its own.
func writeOwned(w http.ResponseWriter, out commands.Outcome, location string, made any) error {
	w.Header().Set("ETag", etag(out.User))
	return writeMade(w, out, location, made)
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
