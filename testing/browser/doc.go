// Package browser uses the service's pages in a real browser, as people do. Its tests need Chromium and the build tag
// browser.
//
// It promises that what passes here works without scripts in the page, but for the browser of the APIs, which is made
// of them. Its one invariant: every test has a service and a browser of its own, with folders of their own.
//
// # Why
//
// Why the tests of a page with scripts click inside the page and wait for what it then shows: the page draws itself
// anew at any moment, and where a button stood a moment ago is no place to click.
package browser
