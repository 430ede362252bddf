// Package engine runs what the Log stands on: a NATS server with JetStream inside this process, or a connection to a
// cluster outside.
//
// It promises that an [Engine] that was started is ready: its store was recovered whole, or Start refuses. Its one
// invariant is that nobody but this process has the embedded server do anything: it does not listen, or lets outsiders
// read what they are let read (see [Listen]), and nothing else.
//
// # Why
//
// Why Start refuses a store that was not recovered whole: JetStream itself starts with a warning, and creating a stream
// over one that failed to open deletes what is left of it.
//
// Why accounts of their own for outsiders, one for each Guest: who asks a consumer for messages names the subject on
// which they come. In the service's account that could be the subject of a stream, and the engine would write there in
// the outsider's stead; in an account that outsiders share it could be another's inbox, or what the Reader listens to.
// The same goes for making consumers. Across accounts an answer comes back to who asked, and nowhere else.
//
// Why a Guest's inboxes have a name of their own all the same: in a cluster outside, its users may share an account.
//
// Why a SHA-256 of a Guest's password is enough: the service draws it, and nobody can guess it.
//
// Why a lock on the data folder: two servers on one store destroy it, and neither notices.
//
// Why the server's notices are debug lines: it reports every stream and every sweep; what an operator must see, it
// reports as a warning or an error.
package engine
