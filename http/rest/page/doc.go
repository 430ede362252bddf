// Package page is what people see of the service in a browser: plain HTML pages, all of one shape, that need no script.
//
// It promises that a page loads nothing from anywhere, is kept by no cache, shown in no frame and sends its forms to
// this service alone, or to the one site that it names; that whatever is put into a page is shown as text, but for
// documents that are built in; and that a form whose token is checked was filled in on a page which this service gave
// to that very browser. Its one invariant is that a page is data ([Page]): no part of the service writes HTML.
//
// # Forms
//
// Two things keep other sites from posting a form in somebody's name. [CheckOrigin] refuses what a browser says comes
// from another site; it lets programs through that are no browsers. [Pages.CheckToken] wants the token that
// [Pages.Token] put into the form, which is bound to a cookie of that browser and to a purpose. A form that acts by
// what stands in its own URL (a one-time link, a log-in that was begun) has nothing that another site could borrow, and
// programs post it without ever having read it: for these CheckOrigin is enough. A form that acts by a cookie wants
// both.
//
// # Why
//
// Why the token is a hash of the cookie: it needs neither a store nor a key that the instances share.
//
// Why the style stands inside the page: its hash in the Content-Security-Policy allows it and nothing else.
//
// Why a page that redirects names the site: browsers hold the policy for forms against the redirect that answers one,
// too.
package page
