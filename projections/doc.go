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
// Why parts of texts are found by three-byte pieces: few texts have all pieces of a pattern, and only those are compared
// with it. What is found is a set of users' numbers, whose size is the total; few are then fetched and sorted, many looked
// for along an order.
//
// Why a text index is segments that never change, and a small tree of what changed since: readers need no lock, a write
// touches little. A tree that has grown becomes a segment, segments of like size become one, and what is newer hides what
// is older. All of this, and the building when the index is first asked for, goes on in the background, one at a time;
// queries that it would answer look at every user until it is there.
//
// Why an erasure builds the text indexes anew, in the background: what is deleted is hidden, but stays in its segment until
// that becomes another; of an erased person nothing may stay.
//
// What that costs among a million users: a pattern that few have takes 0.1 to 0.5 ms, one that a hundredth has up to 4 ms,
// one that many have (two letters, a domain) 4 to 30 ms the first time and then some 0.1 ms, while it is among the last 32
// such patterns and that part of the index stands. Pages deep in such a list, in another order than by number, are walked
// to, and with another filter beside it all its users are counted: up to some tens of milliseconds. A user takes 25 to 75
// bytes in a field's index, 115 in that of the written id, and 210 in the four that q searches.
//
// Why a list of several runs, such as those of an administrator's datacenters, is walked over all of them at once: how
// many users of each come before a page is found by halving, as fast at any offset, and nothing is copied. Users can be
// children, in a datacenter and of a client at once; only the part of a Scope that has the most users is walked in place,
// and those of the others who are not in it are fetched and sorted in, which is good for some thousands.
//
// Why who sees few users only has lists sorted anew for each query: nobody shall have orders of all users built who may not
// see many of them.
//
// Why indexes are built on first use: there are more ways to sort than anybody uses. A build works on a Snapshot beside
// the writers, which only note what they change meanwhile.
//
// Why there is a plain map while the Log is first read: nobody queries yet, and loading sorted users into trees at the
// end is several times faster than inserting them one by one. A View that goes on from what was saved has its trees at once.
package projections
