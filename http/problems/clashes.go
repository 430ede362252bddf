package problems

import "net/http"

// clashes are the problems of what does not go with what there is already.
func clashes() []Problem {
	conflict := only(http.StatusConflict)
	return []Problem{
		{"already_created", conflict, "The account is already set up, so its set-up can no longer be reported as " +
			"done or failed.", "You need not do anything."},
		{"already_set_up", conflict, "The service already has its first administrator.",
			"Log in as that administrator, or create further users."},
		{"api_key_expired", conflict, "An expired API key cannot be renewed or changed.", "Create another key."},
		{"api_key_taken", conflict, "An API key with this secret already exists.",
			"Omit the secret; the service then generates one."},
		{"app_id_taken", conflict, "An application with this app_id already exists.",
			"Omit the app_id; the service then generates one."},
		{"datacenter_name_taken", conflict, "A datacenter with this name already exists.", "Choose another name."},
		{"email_lookalike", conflict, "The e-mail address looks like another user's name, because it has similar " +
			"letters of another script.", "Write the address with the letters that it really has, or choose another " +
			"address."},
		{"email_taken", conflict, "Another user has this e-mail address, or has it as a username.",
			"Choose another address, or find that user with the parameter q."},
		{"email_unattested", conflict, "The e-mail address was set or confirmed by somebody who has fewer rights " +
			"than the account, or who no longer manages it, such as its former parent. So no link to set a password " +
			"is sent to it.", "Check that the address is the user's and set profile.email_verified, or set the " +
			"address or the password yourself."},
		{"external_id_taken", conflict, "Another user has this external id.",
			"Choose another id, or find that user with the parameter q."},
		{"key_unattested", conflict, "The key cannot get further permissions, time or addresses, because its secret " +
			"is known to somebody who may not create such a key, such as the account's former parent.",
			"Create another key. Or give this key a new secret that nobody else sees, with no overlap in which the " +
				"old one works, and then change it."},
		{"group_name_taken", conflict, "A group with this name already exists.", "Choose another name."},
		{"has_applications", conflict, "A client cannot be deleted while it has applications.",
			"Delete the applications first."},
		{"has_groups", conflict, "A datacenter cannot be deleted while groups are bound to it.",
			"Delete the groups first, or bind them to another datacenter."},
		{"has_members", conflict, "A client, datacenter or group cannot be deleted while it has users.",
			"Move the users elsewhere first, or delete them."},
		{"has_resources", conflict, "A user cannot be deleted while it has resources.", "Delete the resources first."},
		{"id_taken", conflict, "A user with this id already exists.", "Omit the id; the service then assigns one."},
		{"idempotency_key_reused", only(http.StatusUnprocessableEntity),
			"This Idempotency-Key was already used for a different request.",
			"Use a new key for each request. To repeat a request, send the same body, URL and If-Match."},
		{"last_signing_key", conflict,
			"A user's last signing key cannot be deleted through the API that signs with it.",
			"Create another signing key first."},
		{"link_ended", conflict, "The mail was not sent, because its link to set a password has become invalid in " +
			"the meantime, for example because the password was changed.",
			"Request the mail again if it is still needed."},
		{"mail_busy", conflict, "The mail is being sent right now.",
			"Check a little later whether it is still listed."},
		{"mail_not_sent", conflict, "The mail could not be sent. The detail gives the reason.",
			"Fix the cause, then send the mail again."},
		{"mail_off", conflict, "The service has no mail server, so it cannot send mail.",
			"Ask the service's operator to configure one."},
		{"membership_changed", conflict, "The user was moved to another client while it was consenting to an " +
			"application.", "Check again what the application requests, and decide again."},
		{"nats_users_outside", conflict, "The service uses an external NATS cluster and cannot change that cluster's " +
			"users.", "Set the user's new password in the cluster's configuration."},
		{"oneself", conflict, "Users cannot delete, block or demote themselves in their client.",
			"Ask another member to do it."},
		{"sessions_ended", conflict, "Too many of the user's sessions have been ended one at a time; the service " +
			"cannot record another.", "End all sessions of the user."},
		{"owns_datacenters", conflict, "A user cannot be deleted while it owns datacenters.",
			"Give the datacenters another owner first."},
		{"protected", conflict, "The first administrator cannot be disabled, be deleted or lose its rights.",
			"Leave it unchanged, so that somebody can always manage the service."},
		{"request_running", conflict, "A request with this Idempotency-Key is still running.",
			"Send the request again after the seconds that Retry-After gives. It then gets the first request's " +
				"answer."},
		{"signing_key_taken", conflict, "A signing key with this id already exists.",
			"Omit the id; the service then generates one."},
		{"ssh_key_taken", conflict, "The user already has this SSH key.",
			"You need not do anything. PATCH changes the key's title."},
		{"ssh_key_title_taken", conflict, "The user already has an SSH key with this name.", "Choose another name."},
		{"subscription_name_taken", conflict, "A subscription with this name already exists.",
			"Choose another name, or delete that subscription first."},
		{"too_many", conflict, "The limit for objects of this kind is reached, or the change would give rights to " +
			"too many accounts at once.", "Delete what is no longer needed, or make the change in smaller steps."},
		{"totp_confirmed", conflict, "The user already has a second factor in use.",
			"Remove it before you enrol another one."},
		{"username_lookalike", conflict, "The username looks like another user's name, because it has similar " +
			"letters of another script.", "Choose a name that cannot be confused with another."},
		{"username_taken", conflict, "Another user has this username, or has it as an e-mail address.",
			"Choose another name."},
		{"version_differs", only(http.StatusPreconditionFailed),
			"The object has changed since the version that If-Match names.",
			"Read it again, and apply the change to its current version."},
	}
}
