// Package textindex finds the users in whose text of one field a pattern is, as an n-gram index does in a database. It
// knows users by their numbers, and of what a user is nothing.
//
// It promises that an answer is exact, that a reader of a copy never waits for the writer, and that an answer costs
// what few texts cost, however many there are and whatever the pattern is. Its one invariant: an [Index] that followed
// every change answers as one made anew of the texts that there are.
//
// texts.go packs texts, grams.go makes the grams of them, postings.go says in whose texts a gram stands, segment.go
// puts these together, and index.go keeps segments and what changed since.
//
// # Why
//
// Why parts of texts are found by three-byte pieces: few texts have all pieces of a pattern, and only those are
// compared with it. Where many have a piece, in a domain or a frequent name, there are the longer pieces too, as far as
// many have them: what most have is then found without looking at a text, and what is found by looking at texts is in
// few. Pieces that the same users have share one set of them, so that this takes little memory. What is found is a set
// of users' numbers, whose size is the total. A set has numbers of 32 bits: who has larger ones looks at every user
// again.
//
// Why a text index is segments that never change, and a small tree of what changed since: readers need no lock, a write
// touches little. A tree that has grown becomes a segment, segments of like size become one, and what is newer hides
// what is older. The owner calls [Index.Frozen] for that, beside readers.
//
// Why an index whose text must be gone is made anew: what is deleted is hidden, but stays in its segment until that
// becomes another.
//
// What it costs among a million users, in processor time: 0.02 to 0.3 ms, whatever the pattern and however many have
// it, but for two letters 1 to 2 ms, and for what a hundredth has up to 2 ms. A user takes 25 to 80 bytes, and 115 in
// the index of written ids.
package textindex
