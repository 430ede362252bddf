package problems

import "net/http"

// directoryValues are the problems of what is to be stored for everything but users, and of who belongs where.
func directoryValues() []Problem {
	bad := only(http.StatusBadRequest)
	return []Problem{
		{"access_invalid", bad, "A user's access is neither full nor read_only, or the user belongs to no client; or " +
			"an application's access is neither all nor call_api.",
			"Correct the access, or assign the user to a client first."},
		{"aggregate_invalid", bad, "An entry of the subscription's aggregates has the wrong form.",
			"Send a kind such as group, or a kind and an id, as in group/0198c0de-0000-7000-8000-0000000000a1."},
		{"app_id_invalid", bad, "An application needs an id of 32 hex digits, and a secret.",
			"Omit both; the service then generates them."},
		{"event_type_unknown", bad, "There is no such event type.",
			"Use event types that the API's description lists."},
		{"group_elsewhere", bad, "A user cannot be bound to one datacenter and be in a group that is attached to " +
			"another one.", "Remove the user from that group first, or bind the user to the group's datacenter."},
		{"name_required", bad, "The object to create or rename needs a name.",
			"Add the member name, and do not leave it empty."},
		{"overlap_invalid", bad, "The time for which the old secret or key continues to work is negative or too long.",
			"Send a number of seconds, at most as many as the detail says."},
		{"redirect_uris_invalid", bad, "A redirect URI is not absolute, has a fragment, is too long or uses a scheme " +
			"that runs code; or there are too many URIs.", "Correct them. At most 100 are allowed."},
		{"repeated", bad, "A list names the same object twice.", "Name each object once."},
		{"replay_invalid", bad, "The request does not say clearly which events to send again.",
			"Send either sequence, for one event, or from, for all events from that one on."},
		{"start_invalid", bad, "The position at which a subscription starts has the wrong form.",
			"Send all, new, a sequence from 1 up, or a time as in 2006-01-02T15:04:05Z."},
		{"status_invalid", bad, "A client's status is neither active nor blocked.", "Send one of these."},
		{"subscription_name_invalid", bad, "The subscription's name has the wrong form.",
			"Use a name of the form that the detail describes."},
		{"super_admin_bound", bad, "A super admin cannot be bound to a datacenter.",
			"Remove the super admin's rights or the datacenter first."},
		{"too_many_subjects", bad, "A webhook or a subscription selects too many combinations of event types and " +
			"users or other aggregates.", "Select fewer, or use several webhooks or subscriptions."},
		{"url_invalid", bad, "A webhook's address must be an absolute https URL without user and fragment.",
			"Correct the URL. Only the service's operator can allow plain http, or addresses inside the network."},
		{"user_id_invalid", bad, "A user in this list is not given by its id.",
			"Send UUIDs: the member id of each user."},
		{"name_invalid", bad, "The name cannot be part of a URL's path: it is . or .., or it contains a slash.",
			"Choose another name."},
		{"user_invalid", bad, "The user given as the application's creator is not a member of its client.",
			"Name a member of the client, or add the user to the client first."},
	}
}
