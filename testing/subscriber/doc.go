// Package subscriber is another service that subscribes to the events of all accounts, as README shows it.
//
// It promises that what README says about subscribing works as it is written there. Its one invariant: it knows nothing of
// accountd but what an outsider does, an address and a password.
package subscriber
