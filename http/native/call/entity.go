package call

import (
	"encoding/json"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// ReadsDirectory lets the handler answer when the caller may read what is not users.
func ReadsDirectory(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		if !commands.MayReadDirectory(c.States, c.Actor) {
			return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
				Detail: "Only a super admin may read this."}
		}
		return h(w, r, c)
	}
}

// WriteEntity answers with something that has a version.
func WriteEntity(w http.ResponseWriter, status int, version uint64, shown any) error {
	w.Header().Set("ETag", VersionTag(version))
	return rest.Write(w, status, shown)
}

// ShowEntity answers a GET of something that has a version.
func ShowEntity(w http.ResponseWriter, r *http.Request, version uint64, shown any) error {
	same, err := Same(r, version)
	switch {
	case err != nil:
		return err
	case same:
		w.Header().Set("ETag", VersionTag(version))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return WriteEntity(w, http.StatusOK, version, shown)
}

// Change runs a command on something that has a version: the newest, or the one that If-Match names.
func (k *Kernel) Change(r *http.Request, c Caller, version uint64, cmd commands.Command) (commands.Outcome, error) {
	if _, err := k.IfMatch(r, c); err != nil {
		return commands.Outcome{}, err
	}
	on, err := c.OnVersion(version, cmd)
	if err != nil {
		return commands.Outcome{}, err
	}
	return k.Run(r.Context(), c, on)
}

// Repeated refuses read-only members that do not repeat what is shown.
func Repeated(readOnly Object, shown any) error {
	if len(readOnly) == 0 {
		return nil
	}
	b, err := json.Marshal(shown)
	if err != nil {
		return err
	}
	return readOnly.Repeats(b)
}
