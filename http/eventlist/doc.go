// Package eventlist answers GET /v1/events: the log's history as one CloudEvents object a line (application/x-ndjson).
//
// It promises every record between "after" and the log's end as it was when the request came, in order, without holes,
// with secrets masked; a record whose content is erased is there without it. An answer that cannot be completed breaks off
// instead of ending early. Its one invariant is that only who may read everybody's history gets any of it.
//
// # Why
//
// Why unknown parameters are refused: a filter that is silently ignored hands out what was not asked for.
//
// Why "sequence" is a number although CloudEvents would have a text: it is what "after", Account-Sequence and
// Min-Account-Sequence take.
package eventlist
