package problems

import "net/http"

// clashes are the problems of what does not go with what there is already.
func clashes() []Problem {
	conflict := only(http.StatusConflict)
	return []Problem{
		{"already_created", conflict, "The account is created; it cannot be reported as set up, or as failed, any more.", "Nothing is left to do for it."},
		{"already_set_up", conflict, "The service has its first administrator already.", "Log in as that one, or make further users."},
		{"api_key_expired", conflict, "An API key that has ended cannot be renewed or changed.", "Make another one."},
		{"api_key_taken", conflict, "There is an API key with this secret.", "Have the service make another one."},
		{"app_id_taken", conflict, "There is an application with this app_id.", "Have the service make another one."},
		{"datacenter_name_taken", conflict, "There is a datacenter of this name.", "Choose another name."},
		{"email_lookalike", conflict, "The e-mail address looks like a name of another user, with letters of another script.", "Write it with the letters that it is made of, or choose another address."},
		{"email_taken", conflict, "Another user has this e-mail address, or has it as a username.", "Choose another address, or look for that user with the parameter q."},
		{"email_unattested", conflict, "A link to set a password would go to an address that somebody set, or attested, who may not do as much as the account, or has nothing to do with it any more, such as its former parent.", "Make sure that the address is the user's and set profile.email_verified, or set the address or the password yourself."},
		{"external_id_taken", conflict, "Another user has this external id.", "Choose another id, or look for that user with the parameter q."},
		{"key_unattested", conflict, "A key would be given more whose secret somebody knows who could not make such a key, such as the account's former parent.", "Make another key; or give this one a new secret that nobody else is shown, without a time in which the old one works, and then change it."},
		{"group_name_taken", conflict, "There is a group of this name.", "Choose another name."},
		{"has_applications", conflict, "A client cannot be deleted while it has applications.", "Delete these first."},
		{"has_groups", conflict, "A datacenter cannot be deleted while groups are bound to it.", "Delete these, or bind them elsewhere, first."},
		{"has_members", conflict, "A client, datacenter or group cannot be deleted while users belong to it.", "Move these elsewhere, or delete them, first."},
		{"has_resources", conflict, "A user cannot be deleted while resources belong to it.", "Remove these first."},
		{"id_taken", conflict, "There is a user with this id.", "Leave the id to the service."},
		{"idempotency_key_reused", only(http.StatusUnprocessableEntity), "This Idempotency-Key came with another request before.", "Take a new key for each request; send the same body, URL and If-Match when a request is repeated."},
		{"last_signing_key", conflict, "A user's last signing key cannot be ended in the API that it is used with.", "Make another one first."},
		{"link_ended", conflict, "What would have ended a link to set a password, such as another password, came while the mail with it waited.", "Ask for the mail again, if it is still needed."},
		{"mail_busy", conflict, "This mail is being sent at this moment.", "Look a little later whether it is still listed."},
		{"mail_not_sent", conflict, "The mail could not be sent; the detail has the reason.", "Remove the reason, then send the mail again."},
		{"mail_off", conflict, "The service has no mail server, so that no mail can be sent.", "Ask the service's operator to set one."},
		{"membership_changed", conflict, "The user came into another client while it allowed an application to act in its name.", "Look again at what the application asks for, and decide anew."},
		{"nats_users_outside", conflict, "The service runs on a NATS cluster of its own operator, whose users it cannot change.", "Give the user another password in the cluster's configuration."},
		{"oneself", conflict, "Nobody may delete, block or demote themselves in their client.", "Have another member do it."},
		{"sessions_ended", conflict, "So many sessions of the user were ended one by one that no more are remembered.", "End all sessions of the user."},
		{"owns_datacenters", conflict, "A user cannot be deleted while it owns datacenters.", "Give these another owner first."},
		{"protected", conflict, "The first administrator cannot be disabled, deleted or lose its rights.", "Leave it as it is, so that somebody can always manage the service."},
		{"request_running", conflict, "A request with this Idempotency-Key is being carried out.", "Send it again after the seconds that Retry-After names; it is then answered with the first one's answer."},
		{"signing_key_taken", conflict, "There is a signing key with this id.", "Have the service make another one."},
		{"ssh_key_taken", conflict, "The user has this SSH key already.", "Nothing is left to do; PATCH gives it another title."},
		{"ssh_key_title_taken", conflict, "The user has an SSH key of this name.", "Choose another name."},
		{"subscription_name_taken", conflict, "There is a subscription of this name.", "Choose another name, or delete that one first."},
		{"too_many", conflict, "There are as many of these as there may be.", "Remove one that is not needed any more."},
		{"totp_confirmed", conflict, "The user has a second factor that is in use.", "Remove it before another one is enrolled."},
		{"username_lookalike", conflict, "The username looks like a name of another user, with letters of another script.", "Choose a name that nobody can take for another one."},
		{"username_taken", conflict, "Another user has this username, or has it as an e-mail address.", "Choose another name."},
		{"version_differs", only(http.StatusPreconditionFailed), "It has changed since the version that If-Match names.", "Read it again, and make the change to what it is now."},
	}
}
