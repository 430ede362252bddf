// Package native is the service's own API, /v1: everything that an account has, as JSON.
//
// It promises that no answer but the one that made a secret shows it; that a user whom the caller may not see is
// answered like one who does not exist; that a change which names the version it builds on (If-Match) is made to that
// version or not at all, and that two changes of different members never undo each other; and that every failure is a
// problem (RFC 9457) that names what is to blame. Its one invariant: what a change leaves out stays as it is.
//
// # Forms
//
// An object shows every member, null or an empty object or list when nothing is stored. PATCH takes a JSON merge patch
// (RFC 7396): null clears, what is absent stays. POST takes null like an absent member. Unknown members and parameters
// are refused rather than ignored, and so is a changed read-only member; one that repeats the present value is let
// through, so that an object that was read may be sent back as a whole.
//
// A version is the log sequence of the user's newest record. It is the ETag of every answer that holds one user; every
// answer to a change has the sequence of that change as Account-Sequence, and every request may ask for an instance
// that has applied a sequence with Min-Account-Sequence. A group's version is also that of where it is attached. Other
// things are shown by the names that they have now; a new name is in the version of what it names alone. What a user
// has below it has the user's version, which If-Match takes there, too. An API key is always shown as a whole, whatever
// If-None-Match says: when it was last used is in no version.
//
// A service may want (Options) that PATCH and DELETE of what has a version of its own name one, or * for any: without
// If-Match they are then 428, precondition_required.
//
// A user may make so many requests within a minute, which the first one begins and which all the user's tokens share.
// Every answer to who is known says what is left, in RateLimit (draft-ietf-httpapi-ratelimit-headers); one too many is
// 429, too_many_requests, and Retry-After says when it may come again. Each instance counts by itself. Events and
// audit, which are served beside this, do not count.
//
// A change with an Idempotency-Key is carried out once: whoever repeats it within 24 hours with the same token gets the
// first answer, with Idempotency-Replayed, as long as the request would not be refused to them now. The key with
// another request is 422, and 409 with Retry-After while the first one runs. What failed in the service (5xx) is not
// kept, and may be sent again: what took effect does not do so twice.
//
// A page of users begins at an offset or at a cursor. A cursor is a place right behind the last user of a page, as that
// user was: whoever follows cursors sees those once who were there all the time and kept their place in the order,
// whatever is written meanwhile. Other lists have such cursors, too; their elements keep their places.
//
// With fields a GET shows only those members, of one object or of each of a list, and id.
//
// A history begins where its order does, and ends at the bounds that after and before set; its total counts what is
// between them.
//
// POST /v1/users:import makes a user of each line of its body (NDJSON) and answers each with a line, in order, while it
// reads; a line that is refused holds back no other. With an Idempotency-Key an import may be sent again, as a whole or
// in part, at any time: lines that were imported before are answered with the user that they made. Members that only
// the service sets are passed over there, so that a line of an export may be imported. GET /v1/users:export answers
// with the users of a list, a line each, as they stood at one position.
//
// While too many log-ins of a user have failed, locked_until says until when no password is looked at, in whatever API;
// POST …/unlock ends that. Tokens and keys go on working.
//
// POST /v1/sessions gives a token for a day to who knows a user's name and password; it acts as the user, with
// everything that the user may do, until it is ended at /v1/sessions/current or the user is deleted. Another password,
// and a second factor that comes or goes, end all of a user's sessions but the one by which that was done.
//
// …/sessions has where a user is logged in, whatever API it was: these sessions, browsers, tokens of Danube's API and
// what applications were granted. The user, and whoever may manage it, sees them there and ends one or all, at once on
// every instance; each end is an event. Address and user agent are kept sealed and go with the person. A log-out of
// one's own, at /v1/sessions/current, is no event.
//
// What decides who gets in, or may do what, such as a password, a name, a key, a right or the directory, takes a
// session whose authenticated_at is less than fifteen minutes ago, whoever's account it is: otherwise it is 403,
// reauthentication_required. POST /v1/sessions/current/reauthenticate takes the password, and the code of a second
// factor, and is bounded as a log-in is. Keys need none of it.
//
// A user who has confirmed a second factor (TOTP) needs the member code there, of an app or a recovery code: without
// one a right password is answered with second_factor_required. The secret and the recovery codes are shown once, by
// the answers that made them.
//
// POST …/api-keys/{key}/rotate gives a key a new secret under the same id, permissions, addresses and end; the one
// before works on until previous_expires_at. It takes a credential that could make such a key. Keys of Danube Cloud's
// API are renewed there, because that API shows them again and knows one only. A key may be changed, too: whoever could
// end it may give it a memo or a name, narrow the addresses that it works from and let it end earlier; what gives it
// more takes a credential that could make such a key.
//
// What cannot be changed has no PATCH: a storage key is its secret, which POST renews, a consent is there or not, and a
// subscription whose events would change under its reader is another one. Histories, deliveries and mails are what
// happened.
//
// A subscription's NATS user and its password are in the answer that made it, and POST …/secret gives another password;
// open connections with the one before are closed when it answers, and those of a deleted subscription when DELETE
// does. Subscriptions have no version here: how many messages wait is in none.
//
// A problem's type is the path /problems/<code>, where a page says what it means and what to do; the code never changes
// meaning. Members to blame are named as JSON pointers, query parameters and headers by name.
//
// # To add a call
//
//  1. Its noun's file, such as sshkeys.go: the Call in the noun's list (method, path, what it changes and shows,
//     documentation), its handler and its wire types. A new noun is a file like it, and a line in routes.go.
//  2. What the handler runs is a command that exists; a refusal of its own has a page in ../problems, as a test tells.
//  3. What a user has below it is in historychanges.go, too, so that its history tells of it.
//  4. A transcript in testdata, such as testdata/ssh-keys.txt; `go test ./http/native -update` writes the answers.
//  5. Who may ask for it is a row of policy_test.go, which fails where a call has none.
//  6. What a call lacks, calls_test.go tells. What every call has is in call/: nothing there has to be touched.
//
// # Why
//
// Why members are read by hand instead of into structs: only so is null told from absent, is a member's name taken
// exactly (encoding/json would take "Email" for "email"), and does the problem name the member, at any depth.
//
// Why Decide is asked before a password is hashed: a hash costs tens of milliseconds and 19 MiB on purpose. Decide is
// pure, so asking costs nothing, and who may not make the change cannot make the service work for it. What counts is
// decided again when the command is its turn.
//
// Why a merge into the profile is bound to the version that it was merged with, and tried again when it lost a race:
// the log records a profile as a whole, so a merge with an older one would undo what came between.
//
// Why a line of an import is known by its text: it then needs no storage, whatever the number of lines, and a resumed
// import may leave out what is done. The user's id is computed from the text, the token and the key, and the log knows
// which ids it has.
//
// Why conditions and limits come before idempotency keys: a request that they refuse has not been carried out, so
// nothing is kept of it, and the same key serves the one that is let through.
//
// Why a credential that may write but not read gets 204 from PATCH: the answer would show what it may not read.
//
// Why reauthentication_required and too_many_attempts are not kept: after the password, or the wait, the same request
// with the same key is the one that was meant.
//
// Why answers to requests with a key are kept beside the log, not in it: they hold secrets and personal data, and are
// to be gone after a day. They are sealed with a key that only the token and the idempotency key together give, and an
// erasure removes those about the person.
//
// Why an answer is given again only to who could still ask for it: the request is rehearsed first, by the same handlers
// without anything that they could act by, and who may not ask, or what it is about a user who is gone, is refused as
// now. An answer without a body is given in any case: it tells nothing.
//
// Why a request with a key can always be repeated, also after the service stopped in the middle: its commands have ids
// that only the token, the idempotency key and a random seed give, which stand in their records, and who repeats it is
// answered from what the log says that they led to. Its secrets are drawn from the same seed, so that the first answer
// can be given although the log has but their hashes; the seed is gone after a day. What is not in the log is done
// again: a session that is proven, a mail or an event that is sent again. And a client or subscription that it deleted
// is not found by its number or name any more: 404.
package native
