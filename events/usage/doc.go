// Package usage keeps when each credential was last used: a key-value bucket beside the Log, because it changes often
// and is no fact about an account.
//
// It promises that noting a use never waits and never fails a request, and that what was noted survives a restart. A
// time is at most a minute behind the truth, and gone when the credential was not used for [TTL]. Its one invariant is
// that it knows credentials by their public ids only.
//
// # Why
//
// Why nothing is kept in memory but what was written within the last minute: there may be as many credentials as users,
// and last-used times are looked at seldom, a few at a time.
package usage
