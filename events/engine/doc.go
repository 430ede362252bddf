// Package engine runs what the Log stands on: a NATS server with JetStream inside this process, or a connection to a
// cluster outside.
//
// It promises that an [Engine] that was started is ready: its store was recovered whole, or Start refuses. Its one
// invariant is that nobody but this process reaches the embedded server: it does not listen.
//
// # Why
//
// Why Start refuses a store that was not recovered whole: JetStream itself starts with a warning, and creating a stream
// over one that failed to open deletes what is left of it.
//
// Why a lock on the data folder: two servers on one store destroy it, and neither notices.
//
// Why the server's notices are debug lines: it reports every stream and every sweep; what an operator must see, it
// reports as a warning or an error.
package engine
