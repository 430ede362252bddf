// Package feed is the public stream of events: what the Log holds, as CloudEvents in clear that other services
// subscribe to.
//
// It promises that the stream ACCOUNT_FEED gets every Record of the Log once, in order and without holes, however many
// instances relay and whenever they are killed; that no secret and no hash is ever in it; that what is older than
// [Retention] and was read is dropped, but never the newest message; and that nothing of an erased person is left in
// it, or comes into it again. Its one invariant: the newest message names the place in the Log up to which everything
// was relayed.
//
// # What is stored
//
// One message for each Record, on the subject feed.<kind>.<Type>.<uuid>, where Type is the event's name without its
// version: feed.user.UserCreated.0198c0de-0000-7000-8000-0000000000a1. The payload is one CloudEvents 1.0 object in
// JSON (see [Message]); the header Nats-Msg-Id is the Record's sequence in the Log.
//
// A [Subscription] is a durable pull consumer on it, which carries in its metadata what it was made from and the id of
// the aggregate that it belongs to.
//
// # What guards, ids and windows are worth
//
// The one guard is Nats-Expected-Last-Sequence, the sequence of the stream's newest message, on each single message and
// on the first of each batch. Nats-Msg-Id says of which Record a message tells; no promise rests on the engine's
// remembering it.
//
//	                           last sequence   newest message   message ids          last message id    consumers' places
//	restart of a server        kept            kept             read from the store  read from the store  kept
//	restore from a snapshot    kept            kept             forgotten            forgotten            kept if restored, too
//	more or fewer replicas     kept            kept             the leader's         unknown to new ones  kept
//	a follower catches up      kept            kept             known                unknown              kept
//	a replaced disk, of one    kept            kept             the leader's         unknown              kept
//	a replaced disk, of all    from 0          none             none                 none                 none
//
// So a guard by the last message's id, which this package once used, has a copy that caught up leave messages out that
// the others have, in silence: it is looked at by each copy for itself, while the last sequence is looked at by the
// leader and by each copy in the same way. A window of message ids is asked of the leader alone; it is as short as may
// be, because it would refuse a Feed that is filled again. Where all is gone, the Feed begins anew from the Log, with
// what is to be kept.
//
// # Copies
//
// The engine never compares the copies of a stream. [Feed.Run] does, every ten minutes: how many messages each server
// has, and whether the Feed tells of as many Records as lie between its first and its last. When a difference shows
// three times in a row, the copy with most messages stays and the others are made from it: a reader waits for a moment,
// and goes on where it was. When that copy lacks messages, too, or its server does not come to lead the stream within
// half a minute, the Feed is emptied, and filled again from the Log with all that is kept: a reader then gets events
// once more that it has had, with the same ids and sequences, in order, and none is missing. A message that all copies
// lack, and that left no place free in the others' sequences, shows; one that was deleted from all of them does not,
// because an erasure looks the same.
//
// Copies that stopped following, so that there is no quorum, need their servers to be restarted first; the relay's
// health and lag tell of that. With nats-server 2.15.2 a message that is guarded by the last message's id does that to
// each copy that was made by catching up ("critical write error"): it never leads again, and follows no more, until its
// server is restarted. Only streams in which an older version published have such messages.
//
// # A store that fails
//
// An embedded engine writes nothing more to a stream once a write or a sync of it has failed, until it is made or
// opened anew. Of the Feed's stream [Feed.Run] sees that when it cannot publish, or when a message cannot be deleted:
// it deletes the stream and makes it anew, while all else goes on, and fills it from the Log with what was kept. Its
// sequences go on behind the old ones; a durable consumer begins behind what was acknowledged to it, and gets what was
// on its way again. Only a crash in that second loses the consumers' places: then subscriptions begin as they did when
// they were made.
//
// # How long a message is kept
//
// Until the service has run for [Retention] since, and every durable consumer has read it, or four times as long: time
// that is counted while some instance runs, in steps of at most ten minutes, and is kept in the bucket
// ACCOUNT_FEED_MARKS. So no clock that jumps, and no long rest, makes a message old. What is kept for a slow consumer
// is said in the log, and so is what it loses at last; all of it is at GET /v1/events for ever.
//
// # Why
//
// Why the place is in the stream itself: a place that was kept elsewhere could be older or newer than what was
// published, after a crash or a restored backup. So the newest message is never dropped, and there is no age limit on
// the stream, which would not spare it: [Feed.Run] drops what is old.
//
// Why publishing is paced: a publish costs as much disk as the command that it tells of. At most one every [pace] costs
// the commands little when they are many, and an event that comes alone goes out at once.
//
// Why a relay that loses a race rests: whoever won is at work, and a second one only costs. It is there again soon
// enough when that one dies.
//
// Why an erasure overwrites bytes though a reader gets nothing of a message that was deleted: what the engine deletes
// stays in its files until a block is dropped, in clear. All messages about a person are deleted and overwritten
// together; see [engine.Engine.Erase].
//
// Why the versionless type in the subject: a subscriber's filter should not break, or be passed by, when a type gets
// its second version; the message itself says which one it is.
//
// Why a feed that was never filled begins with what is younger than [Retention] by the clock: the rest would be dropped
// again at once, and nobody waits for it.
package feed
