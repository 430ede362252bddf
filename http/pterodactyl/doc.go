// Package pterodactyl is the users part of the Pterodactyl panel's application API, /api/application, so that the
// panel's clients, billing modules and Terraform providers work with accounts here.
//
// It promises the panel's paths, checks in its order, status codes, texts, and JSON members in its order; testdata
// holds what a panel answered, and a test compares. Its one invariant: an answer is the panel's own or one that no
// known client can tell from it.
//
// # What is better than in the panel, or otherwise
//
//   - Every answer is JSON, whatever Accept says; the panel redirects or answers HTML where it does not name JSON.
//   - A per_page that is negative or no number is the default instead of a 500; at most 100,000 apply, because an
//     answer has to be held. A username that is a list breaks the rule of usernames instead of the service.
//   - Filters look for the words true and false instead of the number 1 and anything. A filter has at most 100 values.
//   - An id is made of digits: 1abc, 1.0 and the like find nobody.
//   - A password has at most 1,024 bytes, all of which count. E-mail addresses with comments in them are not valid.
//   - E-mail addresses and usernames share one namespace: neither may be another user's other name.
//   - Text is not escaped as PHP does it ("\/", "\u00eb"), and there are no CORS headers: keys do not belong in
//     browsers.
//   - The bootstrap administrator cannot be deleted or demoted; that is a DisplayException, like a user with servers. A
//     resource link of any kind blocks deletion, in the same words.
//   - An owner who is blocked counts as one who is no root administrator. 2fa says whether log-ins by password take a
//     code, too, which a user sets up in the native API alone; keys never need one, and nothing demands one.
//   - GET /api/application/servers lists the linked servers, so that clients which ask for them first can go on; it is
//     paged but not filtered or sorted. What the panel has besides users and servers is not there (404).
//   - The rate limit counts on each instance by itself.
//
// What another API has stored and the panel would refuse is shown as it is, and may be sent back as it is.
//
// # Keys
//
// A key is an events.APIKey of the kind pterodactyl, known by the hash of its 48 characters (see secrets.PanelKey). Its
// permissions are the panel's bits: read, write without read, or all, per resource. A key that names no permissions is
// an account key: it may do what its owner may. Whether that is anything is the policy's to say (commands.IsSuperAdmin,
// MayReadUsers, MayWriteUsers, MayReadServers); only the order of the questions is this package's.
//
// The native API gives a key a new secret; the one before works on for as long as was asked for.
//
// # Servers
//
// A server is a resource link of the kind server. Its data may be the panel's attributes, as JSON; what is not there,
// or of another type, is filled in: id is the link's id when that is a number, uuid the same or one made of it, name
// the link's name, times the owner's creation. The owner is always the linked user.
//
// # Why
//
// Why links carry page and nothing else: the panel's do, and what was recorded says so. Clients build their own.
//
// Why uniqueness is looked up here although commands decide it: several broken rules are reported together, and the
// commands' refusal can name one. A refusal that comes nevertheless, because somebody was faster, gets the same words.
//
// Why query and body are trees with names in order instead of structs: the panel tells an absent field from null, null
// from a value of a wrong type, and names unknown filters in the order in which they were sent.
package pterodactyl
