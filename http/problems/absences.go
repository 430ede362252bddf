package problems

import "net/http"

// absences are the problems of what does not exist, or what the caller may not see.
func absences() []Problem {
	missing, named := only(http.StatusNotFound), []int{http.StatusBadRequest, http.StatusNotFound}
	return []Problem{
		{"api_key_not_found", missing, "The user has no such API key.", "List the user's API keys for their ids."},
		{"application_not_found", named, "There is no such application. With status 400 it is a member of the body that names it.", "List the applications for their ids."},
		{"client_not_found", named, "There is no such client. With status 400 it is a member of the body that names it.", "List the clients for their ids."},
		{"consent_not_found", missing, "The user has not consented to this application, or not any more.", "List the user's consents."},
		{"datacenter_not_found", named, "There is no such datacenter. With status 400 it is a member of the body that names it.", "List the datacenters for their names and ids."},
		{"event_not_found", missing, "The event that is to be sent again is not in the log, or the person whom it is about was erased.", "Look up its sequence with GET /v1/events."},
		{"group_not_found", named, "There is no such group. With status 400 it is a member of the body that names it.", "List the groups for their names and ids."},
		{"mail_not_found", missing, "No mail of this id failed, or it has been sent or given up since.", "List the mails that could not be sent."},
		{"resource_not_found", missing, "No such resource belongs to the user.", "List the user's resources for their kinds and ids."},
		{"session_not_found", missing, "The request is made by a key, not in a session; or the user has no such session, or it is over.", "Use the token of a session, or list the user's sessions; a key is ended where the user's API keys are."},
		{"signing_key_not_found", missing, "The user has no such signing key.", "List the user's signing keys for their ids."},
		{"ssh_key_not_found", missing, "The user has no such SSH key.", "List the user's SSH keys for their numbers."},
		{"storage_key_not_found", missing, "The user has no storage key of this kind.", "List the user's storage keys; POST makes one."},
		{"subscription_not_found", missing, "There is no such subscription.", "List the subscriptions for their names."},
		{"totp_not_found", missing, "The user has no second factor, or it is not the one that is to be confirmed.", "Enrol one first."},
		{"user_not_found", named, "There is no such user, or the caller may not see it. With status 400 it is a member of the body that names it.", "List the users for their ids; a deleted user is found in the history alone."},
		{"webhook_not_found", missing, "There is no such webhook.", "List the webhooks for their ids."},
	}
}
