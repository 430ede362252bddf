// Package setpassword is the page behind the one-time links in mails: it sets a user's password.
//
// It promises that looking at the page uses nothing up, since mail programs look at links, too; that a link works once,
// and says clearly when it was used, has expired or was replaced by a newer one; and that the token in it is told to
// nobody: not to another site, a cache or a log. Its one invariant is that the token alone is the right to set the
// password.
//
// # Why
//
// Why it asks for no form token: the link's own token stands in the form, and another site does not know it.
//
// Why at least eight characters here, when the service takes any password that is not empty: a person chooses it, on a
// page that can say so.
package setpassword
