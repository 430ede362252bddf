// Package subscription makes what the Log says of subscriptions true in NATS: the reactor behind the Subscription
// aggregate.
//
// It promises that every subscription has its durable consumer, and, where outside subscribers are let in, its user
// with the newest password; that what a deleted subscription or an older password opened is shut, open connections
// included; and that a consumer made by a release before subscriptions were in the Log stays, and is recorded. Its one
// invariant: a consumer carries the id of the subscription that it belongs to, so that one which is gone is told from
// one that this instance does not know yet.
//
// # Why
//
// Why the event comes first and the consumer after it: only in the Log are rights, names and numbers decided, and
// whatever fails in between is made good by and by. What is deleted is shut in the order user, consumer: nobody reads
// what is being removed.
//
// Why a consumer that was lost is made anew with the subscription's first start: events come again then, but none is
// missing.
//
// Why a new subscription waits for a feed that is still empty: where "new" or a sequence is to be found is not known
// before it tells of something.
package subscription
