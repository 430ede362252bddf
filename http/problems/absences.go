package problems

import "net/http"

// absences are the problems of what does not exist, or what the caller may not see.
func absences() []Problem {
	missing, named := only(http.StatusNotFound), []int{http.StatusBadRequest, http.StatusNotFound}
	return []Problem{
		{"api_key_not_found", missing, "The user has no API key with this id.",
			"List the user's API keys to find its id."},
		{"application_not_found", named,
			"There is no such application. With status 400, a member of the body names it.",
			"List the applications to find its id."},
		{"client_not_found", named, "There is no such client. With status 400, a member of the body names it.",
			"List the clients to find its id."},
		{"consent_not_found", missing, "The user has not consented to this application, or has withdrawn the consent.",
			"List the user's consents."},
		{"datacenter_not_found", named, "There is no such datacenter. With status 400, a member of the body names it.",
			"List the datacenters to find its name or id."},
		{"event_not_found", missing, "The event to send again is not in the log, or the person it is about has been " +
			"erased.", "Find the event's sequence with GET /v1/events."},
		{"group_not_found", named, "There is no such group. With status 400, a member of the body names it.",
			"List the groups to find its name or id."},
		{"mail_not_found", missing, "No failed mail has this id, or the mail has been sent or dropped since.",
			"List the mails that could not be sent."},
		{"resource_not_found", missing, "The user has no such resource.",
			"List the user's resources to find its kind and id."},
		{"session_not_found", missing, "The user has no such session, the session has ended, or the request was made " +
			"with a key instead of a session.",
			"Use a session's token, or list the user's sessions. To revoke a key, delete it from the user's API keys."},
		{"signing_key_not_found", missing, "The user has no signing key with this id.",
			"List the user's signing keys to find its id."},
		{"ssh_key_not_found", missing, "The user has no such SSH key.", "List the user's SSH keys to find its number."},
		{"storage_key_not_found", missing, "The user has no storage key of this kind.",
			"List the user's storage keys, or create one with POST."},
		{"subscription_not_found", missing, "There is no such subscription.",
			"List the subscriptions to find its name."},
		{"totp_not_found", missing, "The user has no second factor, or the second factor to confirm is not the one " +
			"enrolled last.", "Enrol a second factor first."},
		{"user_not_found", named, "There is no such user, or the caller may not see it. With status 400, a member of " +
			"the body names it.", "List the users to find its id. A deleted user appears only in the history."},
		{"webhook_not_found", missing, "There is no such webhook.", "List the webhooks to find its id."},
	}
}
