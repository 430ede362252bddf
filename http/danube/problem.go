package danube

import (
	"errors"
	"net/http"

	"accountd/commands"
	"accountd/http/rest"
)

// detailed is an answer that is not what was asked for, told in one sentence.
type detailed struct {
	status int
	text   any // a sentence, or what is wrong with the fields of a log-in
}

func (d detailed) Error() string { return http.StatusText(d.status) }

// The sentences that several calls answer with.
const (
	permissionDenied = "Permission denied"
	notPermitted     = "You do not have permission to perform this action."
	noCredentials    = "Authentication credentials were not provided."
	noAPIAccess      = "User account is not allowed to access API"
)

func denied() error       { return detailed{http.StatusForbidden, permissionDenied} }
func forbidden() error    { return detailed{http.StatusForbidden, notPermitted} }
func noUser() error       { return detailed{http.StatusNotFound, "User not found"} }
func noSSHKey() error     { return detailed{http.StatusNotFound, "SSH key not found"} }
func noGroup() error      { return detailed{http.StatusNotFound, "Group not found"} }
func noDatacenter() error { return detailed{http.StatusNotFound, "Datacenter not found"} }
func userExists() error   { return detailed{http.StatusNotAcceptable, "User already exists"} }
func sshKeyExists() error { return detailed{http.StatusNotAcceptable, "SSH key already exists"} }

// related is the refusal to delete a user to whom something belongs.
type related struct{ relations object }

func (related) Error() string { return "the user has relations" }

var errNoJSON = detailed{http.StatusBadRequest, "JSON parse error - No JSON object could be decoded"}

// Problem answers a request that failed outside of the dialect's own calls, in the shape of this dialect:
//
//	{"detail":"…"}
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	fault := rest.FaultOf(err)
	status := fault.Head(w, r, err)
	if status == http.StatusNotFound || status == http.StatusInternalServerError {
		writePlain(w, status)
		return
	}
	body, err := render(detailAnswer{fault.Detail}, 0)
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	rest.WriteJSON(w, status, body)
}

// writePlain answers with a bare text, which says JSON nevertheless.
func writePlain(w http.ResponseWriter, status int) {
	text := "Server Error"
	if status == http.StatusNotFound {
		text = "Resource not found"
	}
	rest.WriteJSON(w, status, []byte(text))
}

// fieldNames are the wire's names of the domain's fields that have another one here.
var fieldNames = map[string]string{
	"datacenter": "dc_bound", "active": "is_active", "super_admin": "is_super_admin",
}

// said says a command's refusal in the dialect's words; other errors stay.
func said(err error) error {
	var refusal *commands.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	field := wireField(refusal.Field)
	switch refusal.Reason {
	case "username_taken", "username_lookalike", "username_invalid": // names that are nobody's, but reserved
		return userExists()
	case "ssh_key_title_taken":
		return sshKeyExists()
	case "ssh_key_not_found":
		return noSSHKey()
	case "user_not_found":
		return noUser()
	case "email_taken", "email_lookalike":
		return invalid{{field, []string{emailTaken}}}
	case "email_invalid":
		return invalid{{field, []string{emailInvalid}}}
	case "ssh_key_taken":
		return invalid{{field, []string{sshKeyDefined}}}
	case "ssh_key_invalid":
		return invalid{{field, []string{sshKeyFormat}}}
	case "group_elsewhere":
		return invalid{{"dc_bound", []string{groupsElsewhere}}}
	case "super_admin_bound":
		return invalid{{"dc_bound", superAdminBound}}
	case "group_unbound":
		return invalid{{"groups", []string{groupUnbound}}}
	case "too_many":
		return invalid{{noField, []string{sshKeyLimit}}}
	case "protected":
		return forbidden()
	}
	return saidByKind(refusal, field)
}

func saidByKind(refusal *commands.Refusal, field string) error {
	switch {
	case refusal.Kind == commands.Throttled:
		return throttled{refusal.RetryAfter}
	case refusal.Kind == commands.Forbidden && field != noField:
		return invalid{{field, []string{lockedText}}}
	case refusal.Kind == commands.Forbidden:
		return forbidden()
	case refusal.Kind == commands.Invalid:
		return invalid{{field, []string{invalidValue}}}
	}
	return refusal
}
