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
// Why an order is kept as one tree for each combination of the values that a query fixes (the parent, active or not, …):
// the users that belong to the answer are then a tree of their own, whose size is the total and whose n-th user is found
// at once.
//
// Why texts are searched by an index of three-byte pieces, in segments that never change with a small tree of what changed
// since: readers need no lock, and a write touches little. A pattern that few users have costs well under a millisecond
// among a million; one that everybody has is compared with every text the first time (some 65 ms), and remembered until
// that part of the index is merged. Pages deep in such a list, in another order than by number, are walked to. The index
// of e-mail addresses takes about 43 bytes a user, all that q searches 107; they are built when first asked for, beside
// queries that go on without them.
//
// Why who sees only a part of the users has lists sorted anew for each query: nobody shall have orders of all users built
// who may not see them.
//
// Why indexes are built on first use: there are more ways to sort than anybody uses. A build works on a Snapshot beside
// the writers, which only note what they change meanwhile.
//
// Why there is a plain map while the Log is first read: nobody queries yet, and loading sorted users into trees at the
// end is several times faster than inserting them one by one.
package projections
