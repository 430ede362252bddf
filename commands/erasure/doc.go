// Package erasure finishes what a UserErased Record begins: it makes the person's data go from everywhere that it is
// in, and last of all destroys the data key, after which nothing in the Log, in its mirrors and in its backups can be
// read.
//
// It promises that an erasure that is in the Log will be finished, however often the service is killed meanwhile, and
// that [Eraser.Finish] returns nil only when it is; who waits for a long one is told after some seconds that it goes
// on. Its one invariant is that the data key goes last: as long as it is there, there may be something left to do, and
// once it is gone there is not.
//
// # Why
//
// Why the Record comes before the key goes: a crash between the two leaves a Record that says what is to be done. The
// other order would leave a user who cannot be read and of whom nobody knows why.
//
// Why every instance does all of it: each has a copy of the key in memory and may have files of its own. What another
// one has done already costs little to find done.
//
// Why no position is kept: which erasures are unfinished shows in the keys that are still there.
package erasure
