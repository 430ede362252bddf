package call

import (
	"errors"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// ValueOf returns what p points to, the zero value for nil.
func ValueOf[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// Failed is what leads to the error.
func Failed(err error) func() (commands.Outcome, error) {
	return func() (commands.Outcome, error) { return commands.Outcome{}, err }
}

// HasReason reports whether the error is a Refusal for that reason.
func HasReason(err error, reason string) bool {
	var refusal *commands.Refusal
	return errors.As(err, &refusal) && refusal.Reason == reason
}

// OnUser runs a command. That the caller may not do something to a user whom it may not see would tell that there is
// one.
func (k *Kernel) OnUser(r *http.Request, c Caller, cmd commands.Command) (commands.Outcome, error) {
	u := c.States.User(cmd.Of().ID)
	cmd, err := c.OnVersion(VersionOf(u), cmd)
	if err != nil {
		return commands.Outcome{}, err
	}
	out, err := k.Run(r.Context(), c, cmd)
	if Is(err, commands.Forbidden) && u != nil && !c.Scope().Sees(u) {
		return out, NoSuchUser()
	}
	return out, err
}

// Is reports whether the error is a Refusal of that kind.
func Is(err error, kind commands.RefusalKind) bool {
	var refusal *commands.Refusal
	return errors.As(err, &refusal) && refusal.Kind == kind
}

// End answers a command that ends something.
func (k *Kernel) End(w http.ResponseWriter, r *http.Request, c Caller, cmd commands.Command) error {
	out, err := k.OnUser(r, c, cmd)
	if err != nil {
		return err
	}
	WriteNothing(w, out)
	return nil
}

// WriteNothing answers a change that leaves nothing to show.
func WriteNothing(w http.ResponseWriter, out commands.Outcome) {
	rest.SetSequence(w, out.Sequence)
	w.WriteHeader(http.StatusNoContent)
}
