// Package browser uses the service's pages in a real browser, as people do. Its tests need Chromium and the build tag
// browser.
//
// It promises that what passes here works without scripts in the page. Its one invariant: every test has a service and a
// browser of its own, with folders of their own.
package browser
