package projections

import (
	"cmp"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/tidwall/btree"

	"accountd/commands"
)

// lookAlike leads from what a name of a user looks like to the user. A name that looks like its folded form alone, such
// as any of ASCII letters, has none: the orders by username and e-mail address lead to it.
type lookAlike struct {
	looks string // folded
	user  uuid.UUID
}

func compareLookAlikes(a, b lookAlike) int {
	return cmp.Or(cmp.Compare(a.looks, b.looks), slices.Compare(a.user[:], b.user[:]))
}

// lookAlikesOf returns them sorted, each once.
func lookAlikesOf(u *commands.User) (out []lookAlike) {
	if u == nil {
		return nil
	}
	for _, name := range u.LogInNames() {
		all := commands.LookAlikes(name)
		if all == nil {
			continue
		}
		folded := commands.Folded(name)
		for _, looks := range all {
			if looks != folded {
				out = append(out, lookAlike{looks, u.ID})
			}
		}
	}
	slices.SortFunc(out, compareLookAlikes)
	return slices.Compact(out)
}

func loadLookAlikes(users []*commands.User) *btree.BTreeG[lookAlike] {
	var all []lookAlike
	for _, u := range users {
		all = append(all, lookAlikesOf(u)...)
	}
	slices.SortFunc(all, compareLookAlikes)
	return loadSorted(compareLookAlikes, credentialDegree, slices.Values(all))
}

// folds reports whether a name of the user folds to the text, which need not be folded.
func folds(u *commands.User, text string) bool {
	return slices.ContainsFunc(u.LogInNames(), func(name string) bool { return commands.Folded(name) == text })
}

// lookingLike returns the users with a name that folds to the text or looks like it.
func (s *Snapshot) lookingLike(text string) iter.Seq[*commands.User] {
	return func(yield func(*commands.User) bool) {
		going := true
		s.Named(text, func(u *commands.User) bool {
			going = !folds(u, text) || yield(u)
			return going
		})
		if !going {
			return
		}
		s.lookAlikes.Ascend(lookAlike{looks: text}, func(l lookAlike) bool {
			return l.looks == text && yield(s.User(l.user))
		})
	}
}
