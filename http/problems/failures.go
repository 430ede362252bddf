package problems

import "net/http"

// failures are the problems that the service has, not the request.
func failures() []Problem {
	busy := only(http.StatusServiceUnavailable)
	return []Problem{
		{"erasure_unfinished", busy, "The erasure is recorded, but not finished yet.",
			"It continues without further requests. Send the request again to learn whether it is finished."},
		{"internal_error", only(http.StatusInternalServerError), "The service failed because of an internal error.",
			"Try again later. Give the operator the problem's instance, " +
				"which identifies the error in the service's log."},
		{"lost_race", busy, "Other requests changed the accounts at the same time, again and again. This request " +
			"changed nothing.", "Send the request again."},
		{"not_ready", busy, "The service, or the part of it that the request needs, is still starting.",
			"Send the request again after the time that Retry-After gives."},
		{"over_capacity", busy, "Too many changes are waiting. This request changed nothing.",
			"Send the request again after the time that Retry-After gives, and send fewer at once."},
		{"past_not_ready", busy, "The service is still rebuilding the state at that time in the past.",
			"Send the request again after the time that Retry-After gives."},
		{"sequence_not_reached", busy, "This instance has not reached the sequence that Min-Account-Sequence names.",
			"Send the request again after the time that Retry-After gives."},
		{"shutting_down", busy, "The service is shutting down.",
			"Send the request again after the time that Retry-After gives, to an instance that is running."},
		{"storage_failed", busy, "The service failed to write to its disk. It is not known whether the request took " +
			"effect.", "Send the request again after the time that Retry-After gives, with an Idempotency-Key, so " +
			"that it is carried out only once. The service reopens its store by itself; its operator should check " +
			"the disk."},
		{"storage_full", busy, "There is no space left for changes. This request changed nothing. Data can still be " +
			"read, and people can still be erased.",
			"Ask the operator to free disk space or to raise --store-max. Then send the request again."},
		{"too_large", only(http.StatusRequestEntityTooLarge),
			"The data to store does not fit into one record of the log.", "Send less data in one request."},
		{"too_many_streams", busy, "The limit of open event streams is reached.",
			"Close a stream, or send the request again after the time that Retry-After gives."},
		{"unavailable", busy, "The service cannot do this right now, because something that it needs is busy or " +
			"cannot be reached.", "Send the request again after the time that Retry-After gives, with an " +
			"Idempotency-Key, so that it is carried out only once."},
	}
}
