// Package clientuser is the client-level users part of a cloud PBX's REST API, version 1.0:
// /client/{client}/user/client and /user, the same below /api/ver1.0, and OAuth 2 below /oauth (see the package oauth).
//
// It promises that clients made for that API work unchanged: paths with and without a final slash and never a redirect,
// lists as bare arrays, answers in ASCII, the documented codes and status words. Its one invariant is that nothing
// about an object is told before it is known that who asks may act on it.
//
// # The order of the checks
//
// The token (401), the hourly limit (429), whether the user or its client is blocked, the application's level of
// access, the user's, the client in the path, the object, the body. Another client's number and one that no client has
// are the same 404 client_not_found, so that numbers tell nothing.
//
// # How it was read where the API's documents are silent
//
//   - A login or an e-mail address that is in use is 409 with the status login_exists or email_exists: both are names
//     of one log-in namespace.
//   - access is full and status active unless told. A time zone that is not stored is shown as the client's.
//   - PUT changes what it names; login, id and client_id in it mean nothing. null clears comment, extra_params and
//     timezone, and may stand wherever an answer shows it; elsewhere it is 400. An empty comment or extra_params is
//     none.
//   - A body's client_id must be the path's. Bodies are read as JSON, whatever type they say to be of.
//   - Who acts is an active user with full access, and may not delete, block or demote itself (409): so a client that
//     manages itself always has one. Users with rights beyond the client are changed by super admins only.
//   - Filters take repeated names, name[], name[0], and for id commas. page and per_page make pages, order=desc turns
//     the order round; without them a list is whole.
//   - There are no users of extension groups and extensions: their resources are 403 access_denied.
//   - The requests of an hour of the clock are counted on each instance by itself. Where the client is not known, the
//     headers tell the whole limit.
//
// # Why
//
// Why a token is looked up with every request, and who may what in the newest state: a block takes effect at once, with
// tokens that are out already, and ends as soon.
package clientuser
