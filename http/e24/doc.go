// Package e24 is the e24cloud REST API v2 for accounts: PUT and GET /v2/accounts, and the caller's own account under
// /v2/account. Every call is signed with HMAC-SHA256 by one of the user's signing keys, which this API calls API keys.
//
// It promises that the documented calls and the known clients of e24cloud work unchanged, and that every answer is a
// JSON object with the member success: true with 200 (also for what creates and deletes), false with any other status.
// Its one invariant is that nothing is read from a body before its signature holds.
//
// # The signature
//
//	Authorization: <key>:<base64 of HMAC-SHA256(secret, text)>
//	text = method LF host LF X-Date LF path[?query] LF body
//
// Path, query and body are signed as they are sent; an empty query is none, question mark included. The host may be the
// Host header or one of Options.Hosts, with its port or without, as it stands or in lower case: the documentation's
// recipe leaves the port out, three of its clients do not. A forwarded host is not believed. An IPv6 address keeps its
// brackets. A query that is not signed is refused, although some clients would not sign one: they never send one.
//
// X-Date is RFC 1123, see parseDate, and at most Options.DateWindow off, either way. Within it a call can be repeated
// by who overhears it: the protocol has no nonce, and to remember signatures would break honest retries.
//
// # Answers that the documentation leaves open
//
//	400  JSON, a member or a parameter is wrong: json_invalid, json_not_object, type_invalid, field_required,
//	     email_invalid, phone_invalid, password_invalid, text_invalid, text_too_long, method_invalid, ssh_key_invalid,
//	     nothing_to_change, limit_invalid, offset_invalid, query_invalid, body_unreadable
//	401  authorization_missing, authorization_invalid, date_missing, date_invalid, date_outside_window,
//	     content_type_missing, signature_invalid (also for an unknown key)
//	403  account_inactive, account_creating, account_failed, not_allowed
//	404  path_not_found, signing_key_not_found, ssh_key_not_found, storage_key_not_found
//	405  method_not_allowed, with Allow; HEAD is none of the methods
//	408  body_too_slow: it makes too little progress
//	409  email_taken, email_lookalike, ssh_key_title_taken, ssh_key_taken, last_signing_key, too_many
//	413  body_too_large: more than 1 MiB
//	429, 503 with Retry-After; 500
//
// The fields of an answer:
//
//   - state is creating, created or failed; active is false unless the account is created and not blocked. Keys are
//     handed out at once and sign as soon as the account is active.
//   - name is first and last name, or the one name under which another API made the account.
//   - e24files.s3 is always there, with empty texts for an account of another API without storage keys.
//     e24files.swift is there with Options.Swift; a key for it is made anyway, so that the switch may be thrown later.
//   - fingerprint is the MD5 form with colons, as in the EC2 API beside which this one was made.
//   - notification repeats the account's own e-mail address and phone; nothing sets it.
//   - groups are the account's groups, whose ids are their UUIDs; another API makes them and puts accounts into them.
//   - the list is {"success","users","total","limit","offset"}, ordered by creation, 100 records by default and 1,000
//     at most, and limit is the one that was applied. A secret that the caller may not see is an empty text.
//
// The members of a request:
//
//   - Unknown ones are ignored, null is absent. Texts are stored and returned as given.
//   - In PUT /v2/accounts all five must be there and not be empty; a phone has 6 to 15 digits, a password 8 to 128
//     characters.
//   - In POST /v2/account/data at least one must be there. What is stored may be repeated, whatever another API let in.
//     The e-mail address cannot be changed.
//   - method of an SSH key is upload, also when it is missing, or generate: then the answer has private_key, an
//     Ed25519 key in OpenSSH's PEM, this once; content is ignored.
//   - api_key of files-new-secret-key is the id of a storage key that is shown, an API key of the account, or there is
//     no body. Ids stay. With Options.Swift both kinds get the one new secret; without it Swift's stays.
//
// # Why
//
// Why Content-Type is demanded of a body and of nothing else, although it is documented as obligatory: clients leave it
// out where there is nothing to describe. Its value decides nothing, because it is not signed and JSON is all there is.
//
// Why unknown paths and methods are told to anybody: they are the same for all and public, and a client that signs
// wrongly as well is better told so one error at a time.
//
// Why a command is decided before the password is hashed and again after: a hash costs tens of milliseconds on purpose,
// and who will be refused shall not make the service spend them.
//
// Why the answers are written by hand: the list of 50 accounts is to cost less than 60 µs, and the order of members is
// the documentation's.
package e24
