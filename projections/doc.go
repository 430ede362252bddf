// Package projections answers queries. A [Runner] follows the Log and feeds the [View], which holds the State of every
// user with the indexes by which lists and look-ups are answered.
//
// It promises that a page of a list costs the same at any offset, that totals are kept and not counted, that readers
// never wait for writers, and that everything a reader sees in one [Snapshot] stood together in the Log at one Position.
// Its one invariant: the View is a fold of the Log. Built anew from the Log it is equal to the one that ran along.
//
// # Why
//
// Why counted B-trees: a tree that knows the size of its subtrees finds the n-th entry as fast as the first, and its
// copy shares all nodes, so that a Snapshot per applied batch costs next to nothing.
//
// Why an index orders by the fields that a query fixes (the parent, active or not, …) before those that it sorts by: the
// users that belong to the answer then stand in one run, whose ends are found by binary search. Their distance is the
// total, and one tree serves every parent.
//
// Why indexes are built on first use: there are more ways to sort than anybody uses. A build works on a Snapshot beside
// the writers, which only note what they change meanwhile.
//
// Why there is a plain map while the Log is first read: nobody queries yet, and loading sorted users into trees at the
// end is several times faster than inserting them one by one.
package projections
