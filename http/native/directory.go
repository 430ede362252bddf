package native

import (
	"encoding/json"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// readsDirectory lets the handler answer when the caller may read what is not users.
func readsDirectory(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		if !commands.MayReadDirectory(c.states, c.Actor) {
			return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed", Detail: "Only a super admin may read this."}
		}
		return h(w, r, c)
	}
}

// writeEntity answers with something that has a version.
func writeEntity(w http.ResponseWriter, status int, version uint64, shown any) error {
	w.Header().Set("ETag", versionTag(version))
	return rest.Write(w, status, shown)
}

// showEntity answers a GET of something that has a version.
func showEntity(w http.ResponseWriter, r *http.Request, version uint64, shown any) error {
	same, err := has(r, version)
	switch {
	case err != nil:
		return err
	case same:
		w.Header().Set("ETag", versionTag(version))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return writeEntity(w, http.StatusOK, version, shown)
}

// change runs a command on something that has a version: the newest, or the one that If-Match names.
func (a *api) change(r *http.Request, c caller, version uint64, cmd commands.Command) (commands.Outcome, error) {
	match, err := a.ifMatch(r)
	if err != nil {
		return commands.Outcome{}, err
	}
	return a.run(r.Context(), c, commands.OnVersion{Command: cmd, Version: match.among(version)})
}

// repeated refuses read-only members that do not repeat what is shown.
func repeated(readOnly object, shown any) error {
	if len(readOnly) == 0 {
		return nil
	}
	b, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	return readOnly.repeats(b)
}
