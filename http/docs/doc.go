// Package docs is where people try the APIs: an interactive browser of their OpenAPI documents at /docs, and the page
// at / that leads there; and the manuals, at /docs/guides.
//
// It promises that everything which the pages need comes from the service itself, and that the browser's
// Content-Security-Policy lets a page run the scripts that were built in and no others. Its one invariant is that it
// knows no API: whatever it shows stands in their documents and manuals.
//
// # Why
//
// Why the page is made once, at the start: its inline script is then known, and its hash can stand in the policy.
//
// Why inline styles are allowed here: Swagger UI sets them from its scripts. No other page of the service allows any
// but its own.
//
// Why the page forgets who is authorized when it is left: it would keep an administrator's token in the browser, for
// good and in clear.
package docs
