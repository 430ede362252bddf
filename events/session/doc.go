// Package session keeps what changes too often for the Log and is no fact about an account: session and OAuth tokens
// until they expire, how often something failed of late, and the answers to requests that are to be carried out once.
// It is a key-value bucket beside the Log.
//
// It promises that a token survives a restart, that an expired or ended one is not there for any instance of the
// service, that [Store.Take] gives a token to one caller only, that [Store.Change] brings back none that has ended,
// that a request is begun by one only as long as that one lives, that every session which was listed is in its user's
// list as long as its token is there, and that racing tries get no further than tries one after another. Its one
// invariant is that no secret can be read out of the bucket: a token is known by its SHA-256 hash, and what is counted
// by a hash of its name. Answers come sealed.
//
// # Why
//
// Why an expired token is refused by its own time, though the engine removes it too: the engine does so when it gets to
// it, and counts in whole seconds.
//
// Why only the leader of a replicated bucket is asked: any other server may be behind, and would still show a token
// that was just ended.
//
// Why a token of [Store.PutOnly] is valid only while another key names it: two keys cannot be written at once, and so
// the one write that names the new token ends the old one.
//
// Why a session is listed before its token is put: two keys cannot be written at once, and one that is in no list could
// not be ended. What the list leads to and is not there is left out.
//
// Why the end of a session is in the Log as well, which does not know the others: it must hold though this bucket
// cannot be reached, and on every instance at once. Why an attempt at a request belongs to the process that makes it:
// where one process alone writes, another one that finds it knows that it has ended; on a cluster nobody does, and its
// lease of six seconds ends instead, which a living process renews. Should that one live after all, the Log tells the
// commands of both for the same.
//
// Why the user whom an answer is about stands in its key: an erasure finds what to remove without reading everything.
//
// Why a try counts as failed until it is taken back: of those that are made at once, none would know of the others
// otherwise.
//
// Why the clock of tries stands still while there is a wait: failures would lapse by waiting, and who goes on trying
// would never wait longer than the window.
//
// Why failures are kept as times, not as a number: within the last fifteen minutes is to mean just that, whenever it is
// asked.
package session
