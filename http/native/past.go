package native

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/projections"
	"accountd/projections/past"
)

// mayReadPast returns a Refusal unless the caller may see the past of that user: its own, or with the permission audit.
func mayReadPast(c call.Caller, id uuid.UUID) error {
	if id == c.User || commands.MayReadLog(c.States, c.Actor) {
		return nil
	}
	if u := c.States.User(id); u == nil || !c.Scope().Sees(u) {
		return call.NoSuchUser()
	}
	return noAudit()
}

func noAudit() error {
	return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
		Detail: "The past of others needs the permission audit."}
}

// readAt reads the parameter at.
func readAt(value string) (*past.Moment, error) {
	m, ok := past.ParseMoment(value)
	if !ok {
		return nil, badAt("A moment is a sequence, or a time as in 2006-01-02T15:04:05Z.")
	}
	return &m, nil
}

func badAt(detail string) error { return call.BadParameter("at", "moment_invalid", "%s", detail) }

// pastError returns what an error of the archive means to the caller.
func pastError(err error) error {
	switch {
	case errors.Is(err, past.ErrNotYet):
		return badAt("That moment has not come yet.")
	case errors.Is(err, past.ErrBefore):
		return badAt("The log began later than that.")
	case errors.Is(err, past.ErrBusy):
		return &commands.Refusal{Kind: commands.Busy, Reason: "past_not_ready",
			Detail: "That moment is being looked up; ask again in a while."}
	}
	return err
}

// takeAt returns the moment that a request for one user asks for, nil for now.
func takeAt(r *http.Request) (*past.Moment, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	query, err := call.QueryOf(r)
	if err != nil {
		return nil, err
	}
	value, err := call.Single(query, "at")
	if err != nil {
		return nil, err
	}
	given := query.Has("at")
	query.Del("at")
	if err := call.NoParameters(query); err != nil || !given {
		return nil, err
	}
	return readAt(value)
}

// getUserAt answers with the user as it stood at the moment. It has no version that a change could build on.
func (a *api) getUserAt(w http.ResponseWriter, r *http.Request, c call.Caller, m past.Moment) error {
	id := call.UserID(r)
	if err := mayReadPast(c, id); err != nil {
		return err
	}
	if err := a.Past.Check(r.Context(), m); err != nil {
		return pastError(err)
	}
	life, err := a.Past.Life(r.Context(), id)
	if err != nil {
		return err
	}
	u := life.At(m)
	if u == nil {
		return call.NoSuchUser()
	}
	then, err := a.Past.When(r.Context(), m)
	if err != nil {
		return err
	}
	names, err := a.Past.Names(r.Context())
	if err != nil {
		return err
	}
	j := userJSON(then, func(_ events.Kind, id uuid.UUID) (string, bool) { return names.At(id, m) }, u)
	defer j.Free()
	rest.WriteJSON(w, http.StatusOK, j.Bytes())
	return nil
}

// viewAt returns the View as it stood at the moment, and the moment's time.
func (a *api) viewAt(ctx context.Context, c call.Caller, m past.Moment) (v *projections.View, then time.Time,
	err error) {
	if !commands.MayReadLog(c.States, c.Actor) {
		return nil, then, noAudit()
	}
	sequence, err := a.Past.Locate(ctx, m)
	if err != nil {
		return nil, then, pastError(err)
	}
	if then, err = a.Past.When(ctx, m); err != nil {
		return nil, then, err
	}
	v, err = a.Past.Everybody(ctx, sequence)
	return v, then, pastError(err)
}
