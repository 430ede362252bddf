// Package contract holds a service to its OpenAPI document: what is sent and answered is compared with what is
// described, and requests are made up from the descriptions.
//
// It promises that an exchange which passes [Contract.Check] was answered with a status, headers, a media type and a
// body that the document has for that call, and that a request which was granted is one that the document allows. Its
// one invariant is that requests are made from the document alone: what it does not say, they do not know.
//
// # Why
//
// Why the requests that are made up depend on a seed and not on chance: a service remembers what it was asked, so a
// failure that chance found could not be found again.
package contract
