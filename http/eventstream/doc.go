// Package eventstream answers GET /v1/events: the log's history and then what happens, as server-sent events or as one
// CloudEvents object a line.
//
// It promises every record behind the place that was asked for that passes the filters, in order and once, with secrets
// masked, whether the service was restarted or killed in between or not: who comes back with the id of the last event
// gets what follows on it. A record whose content is erased is there without it. No reader waits for another or makes a
// writer wait. Its one invariant is that only who may read everybody's history gets any of it.
//
// # Forms
//
// With Accept: text/event-stream an event's id is its sequence and its event its type; a stream goes on for ever unless
// follow=false. Otherwise each line is an event (application/x-ndjson), and the answer ends where the log ended when it
// was asked for, unless follow=true. While nothing happens a comment, or an empty line, says every 15 seconds that the
// connection stands.
//
// A stream that goes on and yet ends says why in its last event, of the type "end", which has no id:
// {"type":"end","reason":…,"detail":…,"sequence":…}. The reasons: too_slow (the reader is further behind than what is
// held in memory), shutting_down, not_allowed (the credential has ended or may not read history any more), complete (of
// until or limit). An answer of lines that is complete just ends. What cannot be completed breaks off instead.
//
// # Parameters
//
//	after            the sequence behind which to begin; the header Last-Event-ID counts before it
//	since, until     the first and the last moment: a sequence, or a time as in RFC 3339
//	type             names of types with or without version, separated by commas or repeated
//	user             the UUID of a user
//	aggregate        a kind, such as user or datacenter, or kind/uuid
//	follow           true or false
//	limit            how many events at most
//
// # Why
//
// Why unknown parameters are refused: a filter that is silently ignored hands out what was not asked for.
//
// Why "sequence" is a number although CloudEvents would have a text: it is what "after", Account-Sequence and
// Min-Account-Sequence take.
//
// Why there is one tail for all readers: what is applied is encoded once, and a thousand readers share the bytes. It is
// bounded; who falls out of it is told so and may come back, and then reads what was missed from the log. While nobody
// listens nothing is encoded or kept.
//
// Why the log is read by few at a time: each read decodes, and a thousand readers who come back at once would otherwise
// take the processors from those who write.
package eventstream
