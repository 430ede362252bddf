// Package past answers what stood at an earlier moment: one user's whole life, and the View of everybody as of a
// sequence.
//
// It promises that what it shows is the fold of the Log up to that moment and of nothing behind it, and that an erased
// user appears at no moment. Its one invariant is that nothing here changes: a moment that is past stays as it is, but
// for erasures.
//
// # Why
//
// Why one user is read from the Log and not from a View: a user's records stand on a subject of their own, so a
// thousand of them are read and folded in milliseconds, and the records are wanted, too.
//
// Why everybody is folded from the beginning: snapshots of every moment would cost memory all the time for what is
// asked for rarely. A fold takes some ten seconds for a million users; so there is one at a time, who asks meanwhile is
// told to come back, and a finished one is kept a little for the next page.
//
// Why the View is asked who is erased: between an erasure's record and the end of the data key the content can still be
// read, and a fold that has come by it must not be shown.
package past
