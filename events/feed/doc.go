// Package feed is the public stream of events: what the Log holds, as CloudEvents in clear that other services subscribe to.
//
// It promises that the stream ACCOUNT_FEED gets every Record of the Log once, in order and without holes, however many
// instances relay and whenever they are killed; that no secret and no hash is ever in it; that what is older than [Retention] is
// dropped, but never the newest message; and that nothing of an erased person is left in it, or comes into it again. Its one
// invariant: the newest message names the place in the Log up to which everything was relayed.
//
// # What is stored
//
// One message for each Record, on the subject feed.<kind>.<Type>.<uuid>, where Type is the event's name without its version:
// feed.user.UserCreated.0198c0de-0000-7000-8000-0000000000a1. The payload is one CloudEvents 1.0 object in JSON (see [Message]);
// the header Nats-Msg-Id is the Record's sequence in the Log.
//
// A [Subscription] is a durable pull consumer on it, which carries in its metadata what it was made from and the id of the aggregate
// that it belongs to.
//
// # Why
//
// Why the place is in the stream itself: a place that was kept elsewhere could be older or newer than what was published, after
// a crash or a restored backup. So the newest message is never dropped, and there is no age limit on the stream, which would
// not spare it: [Feed.Run] drops what is old.
//
// Why every publish is guarded by the feed's last sequence, and a single one by the last message's id too: the last-message-id
// guard alone lets two relays into a feed that is still empty, and is refused in batches.
//
// Why publishing is paced: a publish costs as much disk as the command that it tells of. At most one every [pace] costs the
// commands little when they are many, and an event that comes alone goes out at once.
//
// Why a relay that loses a race rests: whoever won is at work, and a second one only costs. It is there again soon enough when
// that one dies.
//
// Why the versionless type in the subject: a subscriber's filter should not break, or be passed by, when a type gets its second
// version; the message itself says which one it is.
//
// Why a feed that is empty begins with what is younger than [Retention]: the rest would be dropped again at once.
package feed
