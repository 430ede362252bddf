// Package asyncapi describes the feed to programs: an AsyncAPI 3 document at /asyncapi.json.
//
// It promises that the document tells of every type of event that there is, and of every member that a message may
// have. Its one invariant: nothing in it is written by hand that the Go types of the events say, so that it cannot
// drift from them.
//
// # Why
//
// Why a member that is not required may be left away but is never null: an event leaves away what is empty or did not
// change.
//
// Why nothing forbids other members: a type of event may get one more, which no subscriber should trip over.
package asyncapi
