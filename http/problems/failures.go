package problems

import "net/http"

// failures are the problems that the service has, not the request.
func failures() []Problem {
	busy := only(http.StatusServiceUnavailable)
	return []Problem{
		{"erasure_unfinished", busy, "The erasure is recorded, but not yet finished.", "Send the request again to learn when it is; it goes on by itself."},
		{"internal_error", only(http.StatusInternalServerError), "Something went wrong inside the service.", "Try again later; tell the operator the problem's instance, by which the log has it."},
		{"lost_race", busy, "Others changed the accounts at the same time again and again; nothing of this request took effect.", "Send it again."},
		{"not_ready", busy, "The service, or the part of it that this needs, is still starting.", "Send the request again when Retry-After says."},
		{"over_capacity", busy, "More changes are waiting than can be kept; nothing of this request took effect.", "Send it again when Retry-After says, and less at once."},
		{"past_not_ready", busy, "That moment of the past is being looked up.", "Send the request again when Retry-After says."},
		{"sequence_not_reached", busy, "This instance has not come to the sequence that Min-Account-Sequence names.", "Send the request again when Retry-After says."},
		{"shutting_down", busy, "The service is shutting down.", "Send the request again when Retry-After says, to an instance that runs."},
		{"storage_failed", busy, "Writing to the service's disk failed. Whether this request took effect is not known.", "Send the request again when Retry-After says; with an Idempotency-Key, so that it is carried out once. The service opens its store anew by itself; its operator looks at the disk."},
		{"storage_full", busy, "There is no more room for changes; nothing of this request took effect. What is there can be read, and people can be erased.", "Tell the operator, who gives the disk more space or raises --store-max, and send the request again then."},
		{"too_large", only(http.StatusRequestEntityTooLarge), "What is to be stored is more than fits into one record of the log.", "Send less in one request."},
		{"too_many_streams", busy, "As many streams of events are open as may be.", "Close one, or send the request again when Retry-After says."},
		{"unavailable", busy, "The service cannot do this right now: what it needs is busy or out of reach.", "Send the request again when Retry-After says; with an Idempotency-Key, so that it is carried out once."},
	}
}
