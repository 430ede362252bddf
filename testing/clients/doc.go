// Package clients runs clients that others have written against a started service, unchanged, through the life of a
// user: made, read by every name it has, listed, changed, deleted, missed.
//
// It promises that what it runs is what the registries hand out under exact versions. Its one invariant is that the
// clients know nothing of this service but its URL and a key that the service's own API made.
//
// It needs Node with npm, the registries, and a minute, so it is no part of go test ./...:
//
//	go test -tags clients -count 1 ./testing/clients
//
// The clients of Pterodactyl's application API:
//
//	pterojs.cjs     @devnote-dev/pterojs 2.2.2
//	jspteroapi.cjs  jspteroapi 1.11.3
//	nodeactyl.cjs   nodeactyl 3.3.0
//	crocgodyl       github.com/parkervcp/crocgodyl
//	luiggi33        github.com/Luiggi33/pterodactyl-client-go, which a Terraform provider is made of
//
// The es tool of Danube Cloud and the programs for the client-user API are in no registry; danube.py and clientuser.py
// send what they send, and need Python 3 with requests.
//
// # Why
//
// Why the Go clients are modules of their own: a client that is only tested against is no dependency of the service.
package clients
