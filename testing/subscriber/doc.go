// Package subscriber is another service that subscribes to the events of all accounts, as the guide to events shows it.
//
// It promises that what the guide says about subscribing works as it is written there. Its one invariant: it knows
// nothing of accountd but what an outsider does, an address and a password.
package subscriber
