// Package call is the kernel of the native API: what every call has, whatever it is about.
//
// It promises that a [Call] is whole. What it is asked by, what it changes, which version it shows and what is written
// about it stand in one value, and from that value alone come its route, the conditions, limits and keys that hold for
// it, and its place in the OpenAPI document; so none of them can disagree. It promises, too, that a handler is reached
// only by a caller who is known, and that what goes wrong is answered as a problem (RFC 9457). Its one invariant:
// nothing here knows what a call is about, but that users have versions, and that what belongs to a user has its
// user's.
//
// A [Noun] is a group of calls. A [Collection] makes the five calls of what the directory has of one kind, a
// [SubResource] those of what a user has of one kind; a noun adds what it has beside them.
//
// # Why
//
// Why a call's documentation stands beside its handler although a request does not need it: who changes what a call
// takes changes both, and what is read at another place is forgotten there. It costs a few kilobytes once.
//
// Why If-Match is read when a request comes and what is wrong with it told later: a caller who may not make a change
// learns nothing of versions, not even that one is malformed.
//
// Why every call is made twice, the second time by a [Kernel] without power: an answer that was kept is given again
// only to who could still ask for it, and only the same handler knows who that is.
package call
