// Package danube is the accounts part of Danube Cloud's API, /api/accounts (and the same without /api), so that the es
// command-line tool and the makers' library work with accounts here.
//
// It promises the original's paths, checks in its order, status codes, texts, and JSON members in its order. Its one
// invariant: an answer is the original's own, or one of those that are listed here.
//
// # What is better than in the original, or otherwise
//
//   - A profile's email, first_name and last_name are stored, under the rules of the account. The original shows them
//     changed once and forgets them.
//   - Who administers nobody cannot change the groups, api_access and is_active of the own account. The original lets
//     people put themselves into a group of their datacenter's administrators.
//   - A user admin cannot manage an account that may do more than the user admin: one that administers other
//     datacenters, has credentials with permissions, or is of a client.
//   - An e-mail address or phone that its owner changes is no longer verified; nothing is sent to verify it.
//   - The list takes is_active, as the original's manual says, and active, as the original does.
//   - A profile's language may be sk, too. The list of profiles works for user admins.
//   - What makes the original fail (500) is 400 with non_field_errors, or 406 for names that are taken.
//   - Usernames and e-mail addresses share one namespace and are compared folded: beside "jo" there is no "JO" (406).
//   - Blanks around texts are dropped, but for passwords; control characters are invalid values. A password has at most
//     1,024 bytes. An SSH key is checked as a whole.
//   - Of groups there is the call that shows one. A group's alias is its name.
//   - There is no user _system, but its name is taken. current_dc is always the first datacenter.
//   - Texts are English, whatever Accept-Language says. The limits of requests count on each instance by itself.
//
// A user whom another API made has no keys, which shows as empty texts, until some are made. What another API has
// stored and the original would refuse is shown as it is, and may be sent back as it is. Defaults are shown, not
// stored: sending what is shown changes nothing.
//
// # Tokens and keys
//
// A token is in the store of sessions, by its hash; it is good for an hour, and a log-in ends the one before. A new
// password does not end it, as in the original; one that another API sets does, and so does a second factor that comes
// or goes. An API key is an events.APIKey of the kind danube, with the key itself in it, because apikeys shows it; so
// is the callback key.
//
// # Why
//
// Why the checks of a request stand in one place (exchange.run) and not in middleware: their order is part of the wire.
//
// Why a router of its own: a path is found before the method is looked at, because a client without credentials is told
// so whatever the method.
//
// Why fields are read one by one (form) and not into structs: the clients send texts for everything, what is wrong with
// several fields is told together, and an absent field is not an empty one.
package danube
