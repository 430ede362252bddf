package problems

import "net/http"

// only is the status of a problem that has one.
func only(status int) []int { return []int{status} }

// requests are the problems of requests that cannot be read, whatever they ask for.
func requests() []Problem {
	bad := only(http.StatusBadRequest)
	return []Problem{
		{"body_too_large", only(http.StatusRequestEntityTooLarge), "The body, or a line of an import, has more bytes than are taken at once.", "Send less; an import takes any number of lines."},
		{"body_too_slow", only(http.StatusRequestTimeout), "The body made too little progress: nothing for ten seconds, or less than 16 KiB a second.", "Send the request again, by a better connection, or in smaller pieces."},
		{"body_unreadable", bad, "The body broke off before its end.", "Send the request again. Lines of an import that were answered are done."},
		{"cursor_invalid", bad, "The cursor was not given by this list in this order, or what its page ended with is gone.", "Begin anew without a cursor, and leave sort and filters as they are from page to page."},
		{"dialect_unknown", bad, "The parameter dialect names no API.", "Leave it away for the document of all APIs."},
		{"etag_invalid", bad, "If-Match or If-None-Match is no list of entity tags.", "Send an ETag as it was received, with its quotation marks, or *."},
		{"field_read_only", bad, "The body sets a member that only the service sets.", "Leave the member away, or repeat the value that it has."},
		{"field_unknown", bad, "The body has a member, or fields names one, that there is not.", "Compare the name with the API's description; names are taken letter by letter."},
		{"filter_field_unknown", bad, "Users cannot be filtered by this field.", "Take a field that the description of the list names."},
		{"filter_op_unknown", bad, "The field cannot be compared in this way.", "Take another operator; the description of the list has those of each field."},
		{"filter_value_invalid", bad, "A value is not of the field's type, or there are too many of them.", "Correct the value, or ask in several requests. Commas separate values, and the parameter may be repeated; a comma that belongs to a value is encoded (%2C) or has a backslash before it."},
		{"idempotency_key_invalid", bad, "The Idempotency-Key is empty, too long, there twice, or has characters that it may not have.", "Send one key of printable ASCII characters, such as a UUID."},
		{"json_invalid", bad, "The body is not one JSON text in UTF-8.", "Correct the body."},
		{"json_not_object", bad, "The body is JSON, but no object.", "Send an object, in braces."},
		{"last_event_id_invalid", bad, "Last-Event-ID is not the sequence of an event.", "Send the id of the last event that was read, or none."},
		{"limit_invalid", bad, "The parameter limit is no whole number from 0 up.", "Correct it, or leave it away."},
		{"media_type_unsupported", only(http.StatusUnsupportedMediaType), "The body's Content-Type is not one that this call takes.", "Send application/json, application/merge-patch+json to change something, or lines (application/x-ndjson) to import."},
		{"method_not_allowed", only(http.StatusMethodNotAllowed), "The path does not take this method.", "Take one of those that the header Allow names."},
		{"moment_invalid", bad, "The parameter at is no sequence or time, or it lies before the log's beginning or in the future.", "Send a sequence, or a time as in 2006-01-02T15:04:05Z, that the log has come to."},
		{"not_acceptable", only(http.StatusNotAcceptable), "Accept allows none of the forms that events have.", "Accept text/event-stream or application/x-ndjson."},
		{"null_not_allowed", bad, "A patch clears a member that always has a value.", "Leave the member away, or give it a value."},
		{"offset_and_cursor", bad, "A page was asked for by an offset and by a cursor at once.", "Send one of them."},
		{"offset_invalid", bad, "The parameter offset is no whole number from 0 up.", "Correct it, or leave it away."},
		{"parameter_invalid", bad, "A parameter of the query has a value that it cannot have, there is one too often, or two exclude each other.", "Correct what the detail names."},
		{"parameter_missing", bad, "The query lacks a parameter that says what is asked for.", "Add one of those that the detail names."},
		{"parameter_repeated", bad, "A parameter stands in the query more than once.", "Send it once, several values separated by commas."},
		{"parameter_unknown", bad, "This call has no such parameter.", "Compare the name with the API's description."},
		{"path_not_found", only(http.StatusNotFound), "There is nothing at this path.", "Compare the path with the API's description."},
		{"precondition_required", only(http.StatusPreconditionRequired), "This service takes a change only to a version that the request names.", "Read what is to be changed, and send its ETag as If-Match."},
		{"query_invalid", bad, "The query of the URL is not well-formed.", "Escape the values of parameters."},
		{"sequence_invalid", bad, "A sequence, in Min-Account-Sequence or a parameter, is no whole number.", "Send a sequence as Account-Sequence gave it."},
		{"size_invalid", bad, "The log has not as many records as a proof was asked for, or the sizes are the wrong way round.", "Ask for sizes up to that of the newest checkpoint, the smaller one first."},
		{"sort_invalid", bad, "The list cannot be sorted by these fields.", "Take fields that the description of the list names, each with a minus before it to descend."},
		{"type_invalid", bad, "A member has the wrong JSON type, or an application is of a type that there is not.", "Send what the detail names."},
		{"type_unknown", bad, "The parameter type names a type of events that there is not.", "Take a type that the API's description names."},
	}
}
