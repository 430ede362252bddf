package native

import (
	"net/http"
	"unicode/utf8"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func (a *api) provisioningCalls() call.Noun {
	const user = call.UsersPath + "/:id"
	shown, noContent := userSchema(), []int{http.StatusNoContent}
	return call.Noun{
		Tag: openapi.Tag{Name: "Users"},
		Calls: []call.Call{
			{Method: http.MethodPost, Path: user + "/provisioned", Handle: a.completeProvisioning, Changes: call.OfUser,
				Shows: call.Tagged,
				Doc: openapi.Operation{Summary: "Report that an account is provisioned", Answer: shown,
					Also: noContent}},
			{Method: http.MethodPost, Path: user + "/failed", Handle: a.failProvisioning, Changes: call.OfUser,
				Shows: call.Tagged,
				Doc: openapi.Operation{Summary: "Report that an account could not be provisioned",
					Answer: shown, Also: noContent,
					Body: openapi.Object(map[string]openapi.Schema{
						"reason": openapi.Nullable(openapi.Lines(maxReason))})}},
		},
	}
}

// maxReason is how long the reason of a failure may be, in characters.
const maxReason = 4096

func (a *api) completeProvisioning(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	if err := call.ReadNothing(w, r); err != nil {
		return err
	}
	return a.provision(w, r, c, commands.CompleteProvisioning{ID: call.UserID(r)})
}

func (a *api) failProvisioning(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	m, err := call.ReadObject(w, r, true, call.TypeJSON)
	if err != nil {
		return err
	}
	reason := call.Or(call.Member[string](m, "reason"), "")
	if utf8.RuneCountInString(reason) > maxReason {
		m.Fail("reason", "text_too_long", "The text may have %d characters.", maxReason)
	}
	if err := m.Done(); err != nil {
		return err
	}
	return a.provision(w, r, c, commands.FailProvisioning{ID: call.UserID(r), Reason: reason})
}

func (a *api) provision(w http.ResponseWriter, r *http.Request, c call.Caller, cmd commands.Command) error {
	out, err := a.OnUser(r, c, cmd)
	if err != nil {
		return err
	}
	writeChanged(c, w, out)
	return nil
}
