// Package app is accountd as a whole: its configuration, and what is opened in which order.
//
// It promises that [Run] may run several times at once in one process; that it never makes a master key where a log is,
// and never changes a log that it cannot read; that when it returns everything is closed, in reverse order; and that no
// secret is printed. Its one invariant is that nothing is answered before everything in the log has been read.
//
// # Why
//
// Why HTTP listens before the log is read: a log of millions takes seconds, and whoever watches the service is to see
// how far it is instead of a refused connection.
//
// Why the administrator's file is written before the administrator is made: the credentials exist nowhere else in
// clear. A crash between the two leaves a file that is thrown away; the other order would leave an administrator nobody
// can be.
//
// Why a place in the log is kept outside of it (checkpoint.json): an engine that loses the end of its log, or is given
// an older copy, starts without a word.
package app
