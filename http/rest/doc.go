// Package rest is what the dialects share: routes as data, request bodies, the meaning of errors, JSON without
// reflection for what is written often, how much users ask for, and the [Service] that is all a dialect may ask of the
// world.
//
// It promises that every request ends in one of a dialect's handlers or in its problem writer, so that each answer,
// also to an unknown path, has that dialect's shape; and that an error which is no refusal never tells its text to a
// client.
//
// # To add a dialect
//
//  1. ../pterodactyl/routes.go has the shape of a small one: in a folder of its own, New gets what its service.go asks
//     of the Service, its routes are data.
//  2. ../pterodactyl/wire.go, ../pterodactyl/problem.go and ../pterodactyl/auth.go: what it reads and writes, how a
//     refusal looks, who asks.
//  3. ../pterodactyl/testdata/: transcripts of requests and answers, which ../pterodactyl/transcript_test.go plays.
//  4. ../pterodactyl/describe.go: what /openapi.json says of it; ../../testing/contract/ compares that with what is
//     answered.
//  5. ../../cmd/app/web.go, ../../cmd/app/openapi.go and ../../cmd/app/guide.go: where it is mounted, described and
//     explained.
//  6. ../../commands/policy.go: nothing; a right that the dialect needs is a right in all of them.
//
// # Why
//
// Why handlers return errors: a handler decodes, does, writes. What an error means on the wire is decided once, in
// [FaultOf], and how it looks once in each dialect.
//
// Why a mux of our own over httprouter: httprouter cannot hold /users/:id beside /users/external/:x. [NewMux] gives it
// a wildcard where routes disagree and tells them apart afterwards; it also knows every method of a path for Allow.
package rest
