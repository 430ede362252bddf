// Package transcript plays files of requests and answers against a handler: what a dialect says on the wire stands in
// its testdata as people read it, and is compared whole.
//
// It promises that a file which plays without a difference was answered exactly so, in what it shows: the status, the
// headers that the [Player] names, and the body. Its one invariant is that with -update the answers are written into
// the file and the requests are left as they are.
//
// # The two forms of a file
//
// [Sections]: behind a description, exchanges with a title each.
//
//	=== what it shows
//	METHOD /path
//	Header: value
//
//	body
//	-->
//	status
//	Header: value
//
//	body
//
// The method DO gives the rest of its line to [Player.Order], and the answer is "done".
//
// [Marked]: lines with ">" are a request, those with "<" the answer to it, those with "!" go to [Player.Order], and all
// others are for people. The answer has no blank line before its body.
//
// # Why
//
// Why what differs from run to run gets a name instead of being left out: a later request may use it, and that two
// places show the same value is part of what a transcript says.
package transcript
