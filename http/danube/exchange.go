package danube

import (
	"context"
	"errors"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
	"accountd/projections"
)

// exchange is one request on its way to its answer.
type exchange struct {
	api    *api
	w      http.ResponseWriter
	r      *http.Request
	info   *rest.Info
	view   *view
	params map[string]string
	indent int

	actor  commands.Actor
	caller *commands.User // nil: nobody
	byKey  bool           // the credential is an API key
	states *projections.Snapshot
	dc     *commands.Datacenter // of the request, nil before there is a caller
	in     input

	wrongBody invalid // what is wrong with the body as a whole
}

func (x *exchange) ctx() context.Context { return x.r.Context() }

// run makes the checks in the original's order, and then the call.
func (x *exchange) run() error {
	var ok bool
	if x.indent, ok = rendering(x.r.Header); !ok {
		return detailed{http.StatusNotAcceptable, "Could not satisfy the request Accept header."}
	}
	if err := x.authenticate(); err != nil {
		return err
	}
	if err := x.throttle(); err != nil {
		return err
	}
	if x.r.Method == http.MethodOptions {
		return x.describe()
	}
	handle, ok := x.view.calls[x.r.Method]
	if !ok {
		return detailed{http.StatusMethodNotAllowed, `Method "` + x.r.Method + `" not allowed.`}
	}
	if x.view.raw {
		return handle(x)
	}
	if err := x.read(); err != nil {
		return err
	}
	return handle(x)
}

// read reads the request. That its body cannot be one is kept for when the fields are read.
func (x *exchange) read() (err error) {
	x.in, err = readInput(x.w, x.r)
	if !errors.As(err, &x.wrongBody) {
		return err
	}
	return nil
}

// form returns the fields to read, of something new or of what is stored.
func (x *exchange) form(isNew bool) *form {
	return &form{in: x.in, isNew: isNew, wrongBody: x.wrongBody}
}

// do runs a command and says its refusals in the dialect's words.
func (x *exchange) do(c commands.Command) (commands.Outcome, error) {
	out, err := x.api.Do(x.ctx(), x.actor, c)
	if err == nil {
		rest.SetSequence(x.w, out.Sequence)
	}
	return out, said(err)
}

// check returns how the command would be refused, before work is done for it that costs.
func (x *exchange) check(c commands.Command) error {
	_, err := commands.Decide(x.states, x.actor, c)
	return said(err)
}

// succeed answers with the result of a call that changed nothing, or whose change is nobody's any more.
func (x *exchange) succeed(result any) error { return x.answer(http.StatusOK, result, x.caller) }

// answer answers with the result of a call that changed something of the owner's.
func (x *exchange) answer(status int, result any, owner *commands.User) error {
	return x.write(status, envelope{"SUCCESS", result, x.taskID(owner)})
}

// fail answers with an error.
func (x *exchange) fail(err error) {
	var wrong invalid
	var relations related
	var detail detailed
	var login logInError
	var late throttled
	switch {
	case errors.As(err, &login):
		err = x.bare(http.StatusBadRequest, detailAnswer{login.detail})
	case errors.As(err, &wrong):
		err = x.write(http.StatusBadRequest, envelope{"FAILURE", object(wrong), x.taskID(x.caller)})
	case errors.As(err, &relations):
		err = x.write(http.StatusBadRequest, envelope{"FAILURE", relationsAnswer{hasRelations, relations.relations},
			x.taskID(x.caller)})
	case errors.As(err, &late):
		err = late.write(x)
	case errors.As(err, &detail):
		err = x.write(detail.status, detailAnswer{detail.text})
	default:
		if rest.FaultOf(err).Status != http.StatusInternalServerError {
			x.head()
		}
		Problem(x.w, x.r, err)
		return
	}
	if err != nil {
		Problem(x.w, x.r, err)
	}
}

// write answers with that JSON, and with the headers that go with an answer.
func (x *exchange) write(status int, v any) error {
	body, err := render(v, x.indent)
	if err != nil {
		return err
	}
	if e, ok := v.(envelope); ok {
		x.w.Header()["es_task_id"] = []string{e.TaskID}
	}
	x.head()
	rest.WriteJSON(x.w, status, body)
	return nil
}

// bare answers without the headers that tell who asked where.
func (x *exchange) bare(status int, v any) error {
	body, err := render(v, x.indent)
	if err != nil {
		return err
	}
	x.negotiated()
	rest.WriteJSON(x.w, status, body)
	return nil
}

// version is the release of the original that this dialect speaks like.
const version = "4.6"

// head sets the headers of every answer of a call. Those of the original have no canonical form.
func (x *exchange) head() {
	h := x.w.Header()
	x.negotiated()
	h["es_version"] = []string{version}
	h["es_username"] = []string{""}
	if x.caller != nil {
		h["es_username"] = []string{x.caller.Username}
	}
	if x.dc != nil {
		h["es_dc"] = []string{x.dc.Name}
	}
}

// negotiated sets the headers that say what the path takes and what the answer depends on.
func (x *exchange) negotiated() {
	h := x.w.Header()
	h.Set("Allow", x.view.allow)
	h.Add("Vary", "Accept-Language, Cookie")
	h.Set("Content-Language", "en")
}
