// Package webhook sends events to the addresses that asked for them: the reactor behind the Webhook aggregate.
//
// It promises that every enabled webhook is sent every event that its filter wants, from its creation on, those of one
// aggregate in order, each until it is taken; that nothing is lost however long a webhook rests, because events are
// read from the Log; that each attempt is in the delivery log; that what is sent is signed as Standard Webhooks 1.0
// says; and that nothing is sent to an address inside the provider's network unless that is allowed. Its one invariant:
// one instance sends to a webhook at a time, and of each aggregate one event is out at a time.
//
// # What is sent
//
// A POST with the message of the feed as body, byte for byte: a CloudEvents 1.0 object. The header webhook-id is the
// event's id, the same at each attempt; webhook-timestamp the time of the attempt in Unix seconds; webhook-signature
// "v1," and the base64 of the HMAC-SHA256 over id, timestamp and body, with dots between them, for the secret and,
// while it still counts, for the one before it, with a blank between them.
//
// An answer of 2xx takes the event. 410 disables the webhook. Anything else, a redirect too, is a failure: the event is
// sent again by and by (see [Schedule]), not before the time that a Retry-After asks for. When all attempts have failed
// the webhook is disabled, with an event that says so; enabled again, it goes on where it stopped.
//
// # Why
//
// Why several events are out at a time, but one of each aggregate: an address that takes 20 ms would get 50 events a
// second at best otherwise, and what counts for it is that no user's events come in another order than they happened.
// The member sequence tells the order of all.
//
// Why a webhook that fails holds up everything: whatever is wrong with its address is wrong for the next event, too,
// and that one would use up its attempts. Whoever has several addresses does not wait for one of them.
//
// Why events are read from the Log and not from the feed: the feed drops what is old, and a webhook may rest for
// longer. The bytes are the same.
//
// Why the place is stored a few times a second only: what was done since is in the delivery log, from which whoever
// takes over adds it. So after a crash nothing rests, and only what was under way is sent again. In a cluster another
// instance takes over when it has seen no sign of life for four seconds; whoever stops says so.
//
// Why addresses are checked when they are dialled, not only when they are given: a name may lead somewhere else by
// then, and the name service may answer differently every time. No proxy is used, which would dial in our stead.
//
// Why no answer's text is kept: an address may repeat what it was sent, and the delivery log must not hold what an
// erasure would have to find.
//
// Why an erased person's events are not sent any more, but that the person was erased is: what waits is looked at again
// before it is sent, and holds nothing of which the key is gone.
package webhook
