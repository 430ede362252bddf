// Package oauth is the OAuth 2 of the client-user API: /oauth/token, /oauth/authorize, and the pages on which a person
// logs in and allows an application to act in the person's name.
//
// It promises that a token, code or log-in is known by its hash alone and survives a restart; that a code and a refresh
// token are good once, whoever asks on whatever instance; that a token is good only as long as commands.TokenHolds says
// so; and that nobody is sent to an address which the application did not register, character for character. Its one
// invariant: whom a token stands for is a member of a client.
//
// # Grants
//
// An application's type decides the grant: client_credentials for a trusted one, which acts for the user who made it;
// authorization_code for a public one; password for one of that type. The last two get refresh tokens, which last for
// 30 days and are replaced with every use; the access token that came with one ends then, too. Access tokens last for
// an hour, codes for two minutes, a browser's log-in for twelve hours. A code that comes a second time ends what it
// gave, and so does a refresh token that was replaced (RFC 9700, section 4.14): that is an event of the user. PKCE
// (S256) counts when it is used. Errors are those of RFC 6749; a refused refresh token or password is 401.
//
// What was granted in a client ends with the user's membership of it, for good: access and refresh tokens, codes,
// consents, and a trusted application's right to tokens, which a secret made in the new membership gives again. A
// trusted application acts in its own client alone. An application's new secret ends the tokens that it got with the
// one before.
//
// What came of a log-in by a password ends with it: when the user gets another password, or a second factor comes or
// goes. The access token by which that was done lasts out its hour. A trusted application's tokens come of no log-in,
// and go on.
//
// Parameters are read from the query, a form, or one in parts, wherever a client puts them. Scopes are not told apart:
// what an application may do is its level of access.
//
// The password of a user who has a second factor takes the parameter otp, a code, besides. Without a right one the
// answer is that to a wrong password, because clients know no other.
//
// # The pages
//
// GET /oauth/authorize asks whom it does not know to log in, and then whether the application may act in the person's
// name, unless that was answered before: a consent is an event of the user, which ends when it is withdrawn. The
// parameters of the request go from page to page in the address.
//
// Who logged in more than a quarter of an hour ago logs in once more before a consent is given.
//
// POST /oauth/authorize is how programs drive the flow that have the person's name and password, and know no questions:
// it leads to a log-in that is the consent as well, and says so. A log-in is answered with a redirect, also when it
// failed.
//
// Who needs a code as well is told so by the log-in's page, which then has a field for it.
//
// GET /oauth/applications shows a person what it has allowed, and takes it back. The native API does so, too.
//
// An application serves the members of every client, as they allow it; while the client that it is of is blocked, its
// tokens are none.
//
// # Why
//
// Why the log-in's form has no token: what it acts by stands in its own fields and address, there is no cookie that
// another site could borrow, and programs post it as it is. Browsers say where a form comes from, and another site's is
// refused. The consent acts by a cookie, so its form has a token, too.
//
// Why the answer's parameters stand before what a redirect URI has in its own query, and the code first of all: there
// are clients that take what is behind the first "=".
//
// Why a used code is remembered as long as what it gave: only then can its second use end that.
//
// Why a refresh token has two halves: all that followed one on another have the first, so that an old one leads to its
// family, though only the newest turn is remembered.
//
// Why all tokens that a trusted application gets are one session, known by the application's id: it may get one for
// every request, and whoever ends what it has got ends all of them.
package oauth
