// Package eventlog is the Log: the one fenced, totally ordered, sealed and chained history of all accounts, on
// JetStream.
//
// It promises that the events of one command are in the Log together or not at all; that they stand directly behind the
// place at which the command was decided, or Append says [ErrConflict]; that what Append returns is exactly what every
// reader will see; that every reader sees every Record, once, in order, with its chain hash verified, or an error; and
// that a destroyed data key makes content unreadable and nothing else. Its one invariant is that no Record is ever
// changed, dropped or inserted.
//
// # What is stored
//
// The stream ACCOUNTS holds one message for each Record. Its subject is the aggregate's, its place in the stream is the
// Record's sequence, its payload is the event's JSON, sealed with the aggregate's data key, and its headers are the
// envelope:
//
//	acc-version      1
//	ce-id            the event's id, a UUID (version 7); Nats-Msg-Id is the same
//	ce-type          the event's versioned name
//	ce-time          RFC 3339, UTC, down to microseconds
//	acc-command      the command's UUID, a space, "k/n": event k of n
//	acc-actor, acc-credential, acc-dialect, acc-request, traceparent
//	                 the Cause's texts, percent-encoded as in a URL's path
//	acc-number       kind=value, the number that the event assigned
//	acc-key          the data key that seals the payload
//	acc-address      the client's address, sealed, in base64 without padding
//	acc-address-key  the data key that seals the address
//	acc-chain        the chain hash, SHA-256, in base64 without padding
//
// A header of which the text would be empty is left away. The engine adds headers of its own, which mean nothing here.
//
// A sealed text is a nonce of 12 bytes, the AES-256-GCM ciphertext and its tag of 16 bytes. The payload is bound (as
// additional data) to subject, ce-id and ce-type, with a zero byte between them; the address to the same, a zero byte
// and "address".
//
// The chain hash of a Record is SHA-256 over, in this order: the chain hash of the Record before (32 zero bytes for the
// first); the sequence (8 bytes, big-endian); then, each as its length in 4 bytes, big-endian, and its bytes: the
// subject, the headers acc-version, ce-id, ce-type, ce-time, acc-command, acc-actor, acc-credential, acc-dialect,
// acc-request, traceparent, acc-number, acc-key, acc-address and acc-address-key as they stand in the message (empty
// when not there), and the payload as it is stored. It can be verified without any key, before and after an erasure.
//
// The stream ACCOUNT_KEYS holds the data keys in blocks of 256, one message for each block, on a subject of its own;
// see block.go. Unused keys are kept in store, so that a new user costs no extra write.
//
// # What each guard is worth
//
// The last sequence (Nats-Expected-Last-Sequence) is the only guard that the Log relies on. After a restart, a restore,
// a change of replicas, a replaced disk: it holds, since it is what the stream itself goes on from. While a cluster
// heals, two servers may hold themselves for the leader; one may refuse what the other stores, so a refusal proves
// nothing, and the Record behind the head decides.
//
// A message's id (Nats-Msg-Id) in the stored Record: it tells one's own Record from another's, and holds for ever. The
// engine's own memory of ids: of the last two minutes, read anew from the stream at a restart; forgotten by a restore
// until the next restart; not known to replicas that caught up. So "known already" is no more than a hint to look into
// the Log.
//
// The last sequence of a subject, for blocks of keys: it is in the stream, and holds like that of the Log.
//
// The answer that there is nothing, and the Log's end: worth what the server is that gives it. On a cluster both are
// taken from a leader alone that most of the stream's servers followed within the last three seconds (less than any of
// them waits to be elected), and that has all that this instance has seen; any other is asked again. After a restart of
// this instance nothing has been seen: the anchor (see [Log.Verify]) and the view's checkpoint are what it knows then.
// A Log that was restored to less under a running instance is refused by it until it is started anew.
//
// A direct get: answered by any copy, also one that is behind or out of touch; nothing here uses it.
//
// A consumer's count and place: of one life of one server. After a restart, a change of replicas or a lost server there
// is another consumer, which begins behind what was delivered. The durable consumers of [Work] are replicated as the
// stream is, and lost with it by a restore of the stream alone: they begin at its end again.
//
// The chain hash: it holds wherever the Records do, and tells of a Record that is another one. That the Log's end is
// missing only the anchor and the checkpoints of the transparency log tell.
//
// The turn that instances ask each other for: worth nothing but courtesy; see turn.go.
//
// A gap, or a message that the store does not give away, is damage in an embedded engine. On a cluster it is one
// server's; the reading goes on with another, and never ends for it.
//
// # Why
//
// Why a guard on the whole Log instead of one for each aggregate: a command is then decided against all that has
// happened, and every rule that the state can check holds without locks, claims or reservations.
//
// Why Append decodes what it has just encoded: what readers will make of an event is decided before it is stored; an
// event that could not be read back never gets in, and a state folded from what Append returns is the state folded from
// a replay.
//
// Why a conflict is looked into: a single server checks the guard before it looks for duplicates, so the retry of an
// append that was stored, but of which the receipt was lost, is refused like that of a stranger; and of two servers
// that hold themselves for the leader one may refuse the very first attempt, and the other store it. Only the Record
// behind the head tells.
//
// Why the engine is asked for the Log's end every second: a connection that stands says nothing about a leader, or
// whether the server behind it is cut off from the others. Who waits for an append would be the first to know.
//
// Why every server is asked by itself while the leader does not answer (see scouts.go): a server that is cut off from
// the others looks like an election, and whoever changes servers blindly goes as often to the one that is cut off as
// away from it. And a leader that hears nobody, but is heard, goes on leading for 10 to 20 seconds before the engine
// sees it (it looks every ten seconds whether it has heard of most of the others for ten seconds), and the others wait
// another 4 to 9 for its silence, so that nobody wrote for 24 to 45 seconds. It says itself that it hears nobody; asked
// to go within three seconds, it hands over at once. It can do no harm: a leader that hears nobody stores nothing. What
// is left is the engine's: 4 to 9 seconds until a leader that is not heard is missed, and once more when two servers
// want to be elected at the same time.
//
// Why a missing block of keys is an error, though a missing key is an erasure: a block stays when its last key is
// destroyed, so a block can be missing only by loss; to take that for an erasure would hide the loss of 256 people's
// data.
//
// Why blocks of keys, not one message for each key: a start reads 4,000 messages instead of a million, and an erasure
// still overwrites the only message that has the key. On a replicated stream the engine's own log may keep the older
// message a little longer, until it is next compacted. What a disk keeps of files that were written anew is beyond the
// Log, and useless without the master key; where that could be stolen too, the disk should be encrypted.
//
// Why the master key is rotated while nobody uses the Log: an instance with the old key would go on writing blocks that
// the new one does not open. Why no block is written before all were read: with a wrong key, nothing happens.
//
// Why an existing stream is never updated, but for its compression: nothing else that differs could be put right
// without touching what is stored. Open refuses and names it.
//
// Why no compression: payloads are sealed, so it saves little; and an engine that ends between compressing a full block
// and writing into the next one takes the compressed block for its last when it starts again, acknowledges what it
// writes behind it, and can never open it again (seen with nats-server 2.15.2). See engine/mend.
//
// Why the clock is looked at before anything is written: a Record is never earlier than the one before it, so a single
// one of a clock that is ten years ahead would stamp all that follow it for ten years. See clock.go.
//
// Why a reader to whom nothing comes asks whether something should have: of a damaged block the engine delivers
// nothing, takes the stream to end before it, and goes on as if all were well.
//
// Why a reader that has lost its consumer asks for message by message: a consumer is made by the leader of the whole
// cluster, which may be elected many seconds after that of the Log, and an append is answered only when its own
// instance has read it.
//
// Why an ordered reader beside that of nats.go: see reader.go, of which session.go is one consumer.
package eventlog
