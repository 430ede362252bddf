// Package openapi describes the APIs to programs: an OpenAPI 3.1 document at /openapi.json.
//
// It promises that the document has every call that a dialect's routes have and no other, or that [Dialect.Drift] says
// which: a test asks it of every dialect. Its one invariant: a schema that a Go type says is never written by hand.
//
// # Why
//
// Why descriptions stand in a table beside the routes and not in them: a route is what a request needs, and is read at
// every one; what people and programs read about it is asked for once.
//
// Why an object whose members are left away when they are empty says so by not requiring them, and why null is named
// wherever a pointer may be: clients are made from this document, and a wrong promise breaks them.
//
// Why a header says by a function which answers have it, and not each call which headers it has: a header is one rule
// for many calls, such as the versions of what is shown, and a list at each call would drift from it.
package openapi
