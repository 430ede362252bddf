package problems

import "net/http"

// only is the status of a problem that has one.
func only(status int) []int { return []int{status} }

// requests are the problems of requests that cannot be read, whatever they ask for.
func requests() []Problem {
	bad := only(http.StatusBadRequest)
	return []Problem{
		{"body_too_large", only(http.StatusRequestEntityTooLarge),
			"The body, or one line of an import, is larger than allowed.",
			"Send less. An import may have any number of lines."},
		{"body_too_slow", only(http.StatusRequestTimeout),
			"The body arrived too slowly: no data for ten seconds, or less than 16 KiB per second.",
			"Send the request again over a faster connection, or in smaller pieces."},
		{"body_unreadable", bad, "The body ended too early.",
			"Send the request again. The lines of an import that were answered have been carried out."},
		{"cursor_invalid", bad, "The cursor does not belong to this list in this order, or the last row of its page " +
			"no longer exists.", "Start again without a cursor, and keep sort and filters the same from page to page."},
		{"dialect_unknown", bad, "The parameter dialect does not name an API.",
			"Omit it to get the document of all APIs."},
		{"etag_invalid", bad, "If-Match or If-None-Match is not a list of entity tags.",
			"Send an ETag exactly as you received it, with its quotation marks, or send *."},
		{"field_read_only", bad, "The body sets a member that only the service may set.",
			"Omit the member, or send its current value."},
		{"field_unknown", bad, "The body, or the parameter fields, names a member that does not exist.",
			"Compare the name with the API's description. Upper and lower case matter."},
		{"filter_field_unknown", bad, "Users cannot be filtered by this field.",
			"Use a field that the description of the list names."},
		{"filter_op_unknown", bad, "The field does not support this comparison.",
			"Use another operator. The description of the list gives the operators of each field."},
		{"filter_value_invalid", bad, "A value does not have the field's type, or there are too many values.",
			"Correct the value, or split the query into several requests. Commas separate values, and the parameter " +
				"may be repeated. Write a comma that belongs to a value as %2C, or with a backslash before it."},
		{"idempotency_key_invalid", bad, "The Idempotency-Key is empty, too long, sent twice, or contains characters " +
			"that are not allowed.", "Send one key of printable ASCII characters, such as a UUID."},
		{"json_invalid", bad, "The body is not a single JSON text in UTF-8.", "Correct the body."},
		{"json_not_object", bad, "The body is JSON, but not an object.", "Send an object, in braces."},
		{"last_event_id_invalid", bad, "Last-Event-ID is not the sequence of an event.",
			"Send the id of the last event that you read, or omit the header."},
		{"limit_invalid", bad, "The parameter limit is not a whole number from 0 up.", "Correct it, or omit it."},
		{"media_type_unsupported", only(http.StatusUnsupportedMediaType),
			"This call does not accept the body's Content-Type, its charset, or its Content-Encoding.",
			"Send application/json, application/merge-patch+json for a change, or lines (application/x-ndjson) for " +
				"an import, in UTF-8 and not compressed."},
		{"method_not_allowed", only(http.StatusMethodNotAllowed), "The path does not support this method.",
			"Use a method that the header Allow names."},
		{"moment_invalid", bad, "The parameter at is not a sequence or a time, or it lies before the start of the " +
			"log or in the future.", "Send a time as in 2006-01-02T15:04:05Z, or a sequence, that the log has " +
			"reached."},
		{"not_acceptable", only(http.StatusNotAcceptable),
			"Accept allows none of the formats in which events are sent.",
			"Accept text/event-stream or application/x-ndjson."},
		{"null_not_allowed", bad, "The patch clears a member that must have a value.",
			"Omit the member, or give it a value."},
		{"offset_and_cursor", bad, "The request has both an offset and a cursor.", "Send one of them."},
		{"offset_invalid", bad, "The parameter offset is not a whole number from 0 up.", "Correct it, or omit it."},
		{"parameter_invalid", bad, "A query parameter has an invalid value or is sent too often, or two parameters " +
			"exclude each other.", "Correct what the detail names."},
		{"parameter_missing", bad, "The query lacks a required parameter.",
			"Add one of the parameters that the detail names."},
		{"parameter_repeated", bad, "A query parameter is sent more than once.",
			"Send it once, with several values separated by commas."},
		{"parameter_unknown", bad, "This call has no such parameter.", "Compare the name with the API's description."},
		{"path_not_found", only(http.StatusNotFound), "There is nothing at this path.",
			"Compare the path with the API's description."},
		{"precondition_required", only(http.StatusPreconditionRequired),
			"This service accepts a change only if the request names the version to change.",
			"Read the object that you want to change, and send its ETag as If-Match."},
		{"query_invalid", bad, "The query of the URL is not well-formed.", "Percent-encode the values of parameters."},
		{"sequence_invalid", bad, "A sequence, in Min-Account-Sequence or in a parameter, is not a whole number.",
			"Send a sequence as you received it in Account-Sequence."},
		{"size_invalid", bad, "The proof is for more records than the log has, or its two sizes are in the wrong " +
			"order.", "Use sizes up to that of the newest checkpoint, the smaller one first."},
		{"sort_invalid", bad, "The list cannot be sorted by these fields.",
			"Use fields that the description of the list names. A minus before a field sorts in descending order."},
		{"type_invalid", bad, "A member has the wrong JSON type, or the application's type does not exist.",
			"Send what the detail names."},
		{"type_unknown", bad, "The parameter type names an event type that does not exist.",
			"Use an event type that the API's description names."},
	}
}
