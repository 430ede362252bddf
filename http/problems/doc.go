// Package problems says what every code of a problem means and what to do about it: the pages at /problems, to which
// the type of a problem (RFC 9457) leads.
//
// It promises that every code which the native API can answer with has a page, and that it has those statuses and no
// other. Its one invariant is that no page is about a code which the source does not have: a test reads the source and
// compares.
//
// # Why
//
// Why the texts stand here and not where the refusals are made: a refusal says what is wrong with one request, in its
// detail; a page says what all refusals of a code have in common, and many of them are made in several places.
//
// Why codes are here that only another API's calls lead to: a rule of the accounts holds whatever the API, and keeps
// its code.
package problems
