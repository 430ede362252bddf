package problems

import "net/http"

// directoryValues are the problems of what is to be stored for everything but users, and of who belongs where.
func directoryValues() []Problem {
	bad := only(http.StatusBadRequest)
	return []Problem{
		{"access_invalid", bad, "A user's access is not full or read_only, or the user is of no client; or an application's is not all or call_api.", "Correct it, or give the user a client first."},
		{"aggregate_invalid", bad, "A subscription names what it is about in a form that cannot be read.", "Send a kind such as group, or a kind and an id, as in group/0198c0de-0000-7000-8000-0000000000a1."},
		{"app_id_invalid", bad, "An application needs an id of 32 hex digits, and a secret.", "Have the service make both, by making an application without naming them."},
		{"event_type_unknown", bad, "There is no such type of event.", "Take types that the API's description names."},
		{"group_elsewhere", bad, "A user is bound to one datacenter and in a group that is attached to another one.", "Take the user out of that group first, or bind the user to the group's datacenter."},
		{"name_required", bad, "What is to be made or renamed needs a name.", "Add the member name, not empty."},
		{"overlap_invalid", bad, "The time for which an old secret or key goes on working is negative, or too long.", "Send seconds, at most as many as the detail says."},
		{"redirect_uris_invalid", bad, "A redirect URI is not absolute, has a fragment, is too long or would run something by itself, or there are too many.", "Correct them; 100 are allowed."},
		{"repeated", bad, "A list names the same thing twice.", "Name each once."},
		{"replay_invalid", bad, "It is not clear which events are to be sent again.", "Send sequence for one event, or from for all from one on, not both."},
		{"start_invalid", bad, "Where a subscription is to begin cannot be read.", "Send all, new, a sequence from 1 up, or a time as in 2006-01-02T15:04:05Z."},
		{"status_invalid", bad, "A client is active or blocked, nothing else.", "Send one of these."},
		{"subscription_name_invalid", bad, "A subscription cannot have this name.", "Take one of the form that the detail names."},
		{"super_admin_bound", bad, "A super admin cannot be bound to a datacenter.", "Take one of the two away first."},
		{"too_many_subjects", bad, "A webhook or a subscription names too many types of events times users or other aggregates.", "Name fewer, or spread them over several."},
		{"url_invalid", bad, "A webhook's address is not an absolute https URL without user and fragment.", "Correct it; plain http, and addresses inside the network, are for the service's operator to allow."},
		{"user_id_invalid", bad, "Users are named by their ids here.", "Send UUIDs, as the member id of a user has them."},
		{"name_invalid", bad, "The name could not stand in the path of a request: it is . or .., or has a slash in it.", "Choose another name."},
		{"user_invalid", bad, "The user who is to have made an application is no member of its client.", "Name a member of the client, or make the user one first."},
	}
}
