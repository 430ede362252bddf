// Package server is what all dialects share on their way out: which dialect a path belongs to, request ids, the log
// line, metrics, compression, limits, and the gate that stays shut until the service is ready.
//
// It promises that every request ends in one answer and one log line, also when a handler panics; that an answer under
// a dialect's prefix has that dialect's shape, whoever writes it; and that no log line holds a query string, a body or
// a header that could carry a secret. Its one invariant is that no dialect is called while the [Gate] is shut.
//
// # Why
//
// Why a write time-out although answers may stream: a client that reads nothing must not hold a connection for ever.
// What streams moves its deadline with each piece (http.ResponseController); everything else has [WriteTimeout] in all.
//
// Why only failed authentications are limited here: they are the one thing that no dialect's own limit sees, because
// the caller is not known. They are counted by address, for IPv6 by /64 network, which is what one customer gets. Who
// has to wait is asked all the same who it is, and is served when that is known: others share the address, and must not
// be shut out by it.
//
// Why a body has to make progress, beside a time-out: bytes that drip cost the sender nothing, and what waits for them
// a connection and whatever was read. A handler that sets a read deadline by itself, because its body may take as long
// as it likes, is left to it.
//
// Why connections are bounded by address, and refused instead of kept waiting: one that waits is held like any other.
//
// Why /readyz tells how far the start is in parts of a hundred: where the log ends is nobody's business. [Admin] tells
// it.
//
// Why the log line has no client address: the log would keep what an erasure is to remove. Who asked is there by UUID;
// where from is in the account's sealed history.
package server
