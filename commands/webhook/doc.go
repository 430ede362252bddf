// Package webhook sends events to the addresses that asked for them: the reactor behind the Webhook aggregate.
//
// It promises that every enabled webhook is sent every event of the feed that its filter wants, from its creation on, in order,
// each until it is taken; that each attempt is in the delivery log; that what is sent is signed as Standard Webhooks 1.0 says;
// and that nothing is sent to an address inside the provider's network unless that is allowed. Its one invariant: of each
// webhook one event is out at a time, whatever number of instances run, and the next one goes out when it is done.
//
// # What is sent
//
// A POST with the message of the feed as body, byte for byte: a CloudEvents 1.0 object. The header webhook-id is the event's id,
// the same at each attempt; webhook-timestamp the time of the attempt in Unix seconds; webhook-signature "v1," and the base64 of
// the HMAC-SHA256 over id, timestamp and body, with dots between them, for the secret and, while it still counts, for the one
// before it, with a blank between them.
//
// An answer of 2xx takes the event. 410 disables the webhook. Anything else, a redirect too, is a failure: the event is sent
// again by and by (see [Schedule]), not before the time that a Retry-After asks for. When all attempts have failed the webhook is
// disabled, with an event that says so; enabled again, it goes on where it stopped.
//
// # Why
//
// Why a webhook that fails holds up what comes behind: an address that applies events in another order than they happened ends
// up with another state. Whoever has several addresses does not wait for one of them.
//
// Why addresses are checked when they are dialled, not only when they are given: a name may lead somewhere else by then, and the
// name service may answer differently every time. No proxy is used, which would dial in our stead.
//
// Why no answer's text is kept: an address may repeat what it was sent, and the delivery log must not hold what an erasure would
// have to find.
//
// Why an erased person needs no care here: what waits is in the feed alone, and is erased there.
//
// Why the pauses between attempts may be shorter after a restart: the engine remembers how often an event was handed out, but not
// until when it was to rest.
package webhook
