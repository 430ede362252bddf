package native

import (
	"net/http"
	"unicode/utf8"

	"accountd/commands"
)

// maxReason is how long the reason of a failure may be, in characters.
const maxReason = 4096

func (a *api) completeProvisioning(w http.ResponseWriter, r *http.Request, c caller) error {
	if err := readNothing(w, r); err != nil {
		return err
	}
	return a.provision(w, r, c, commands.CompleteProvisioning{ID: userID(r)})
}

func (a *api) failProvisioning(w http.ResponseWriter, r *http.Request, c caller) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	reason := or(member[string](m, "reason"), "")
	if utf8.RuneCountInString(reason) > maxReason {
		m.fail("reason", "text_too_long", "The text may have %d characters.", maxReason)
	}
	if err := m.done(); err != nil {
		return err
	}
	return a.provision(w, r, c, commands.FailProvisioning{ID: userID(r), Reason: reason})
}

func (a *api) provision(w http.ResponseWriter, r *http.Request, c caller, cmd commands.Command) error {
	out, err := a.do(r, c, cmd)
	if err != nil {
		return err
	}
	c.writeChanged(w, out)
	return nil
}
