// Package login is the one place where somebody logs in by a password, whatever the API.
//
// It promises that a wrong password, an unknown name and a user without a password are one answer, given after the same
// work; that of all log-ins by a name, or from an address, no more fail than its bounds allow, also when they race, on
// any number of instances and across restarts; and that while a name or an address has to wait, no password is looked
// at. Its one invariant: a log-in counts as failed until it is known not to be.
//
// # Bounds
//
// Thirty log-ins by a name may fail within a quarter of an hour, and two hundred from an address, of which IPv6 counts
// the network of 64 bits. Each further failure costs a wait: a second, then twice as long each time, up to a quarter of
// an hour for a name and a minute for an address. A log-in that succeeds forgets the failures of the user's names, not
// those of the address. Waits that stop a known user for a minute or more are events of the user, at most eight an
// hour. API keys, signing keys and tokens go on working meanwhile.
//
// # Second factor
//
// A user who has confirmed one needs a code besides: of an app, of which each step of thirty seconds is good once and
// none that is older than one that was used, or a recovery code. That a code is needed is told by the right password
// alone, and is neither a success nor a failure: who knows a password could otherwise forget failed codes by it. A
// wrong code is a failure like a wrong password.
//
// # Why
//
// Why a name has thirty: an API whose contract lets thirty log-ins fail in a minute must show just that, and a guesser
// gains little.
//
// Why failures count by the name that was asked for, not by the account: an unknown name then behaves like a known one.
// Who tries both names of a user gets twice as many tries.
//
// Why it is looked up first whether a name or an address has to wait, and then a place to hash is kept before the
// attempt is noted: each note is synced to disk, and an attempt whose password is not looked at costs none. Who has to
// wait takes nobody's place; who notes something keeps a place in the queue, but no slot.
//
// Why an attempt whose password is looked at costs two such writes, by its name and by its address, and two more when
// it succeeds: two keys are not written as one for less, and what is noted later is not known to another instance, or
// after the next start.
//
// Why an address waits for a minute at most: many people may be behind it, or a program through which they log in.
//
// Why a success from an address forgives nothing: whoever has an account would use it to go on trying others.
//
// Why a lock is recorded beside the answer: the time it takes would tell that the name is known.
package login
