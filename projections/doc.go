// Package projections answers queries. A [Runner] follows the Log and feeds the [View], which holds the State of every
// user with the indexes by which lists and look-ups are answered.
//
// It promises that a page of a list costs the same at any offset, that totals are kept and not counted, that readers
// never wait for writers, and that everything a reader sees in one [Snapshot] stood together in the Log at one
// Position. Its one invariant: the View is a fold of the Log. Built anew from the Log it is equal to the one that ran
// along.
//
// For lists it is a query planner, as databases have: query.go has the question; plan.go takes, without looking at a
// user, the runs of an order that answer it and what is left to compare; execute.go and scope.go go that way; hits.go
// is what package textindex finds; merge.go is the iterator over several runs; cursor.go is a place in a list.
// filter.go, field.go and order.go say what can be compared.
//
// # To add a view
//
//  1. membership.go, or a file of its own: the tree, its entries and their order, the look-up as a method of Snapshot.
//  2. index.go: the tree among the indexes, filled in assemble, shared in copy, kept in replace.
//  3. view.go: only if it holds what cannot be made of the users; saved_test.go then asks whether saved.go has it.
//  4. view_test.go: Records in, rows out, twice over, and the same from a rebuilt View.
//  5. ../testing/oracle: the answer in the most naive way, to compare with.
//  6. ../http/native/userquery.go: how a query asks for it.
//
// # Why
//
// Why counted B-trees: a tree that knows the size of its subtrees finds the n-th entry as fast as the first, and its
// copy shares all nodes, so that a Snapshot per applied batch costs next to nothing.
//
// Why an order is kept as one tree for each combination of the values that a query fixes (the parent, active or not,
// …): the users that belong to the answer are then a tree of their own, whose size is the total and whose n-th user is
// found at once.
//
// Why parts of texts are found by package textindex: what it finds in the texts of a field is a set of users' numbers,
// whose size is the total; few are then fetched and sorted, many looked for along an order. Behind four thousand
// million users, the deleted ones counted, every user is looked at again. Its building and freezing goes on in the
// background, one at a time; queries that it would answer look at every user until it is there.
//
// Why an erasure builds the text indexes anew, in the background: what is deleted is hidden, but stays in its segment
// until that becomes another; of an erased person nothing may stay.
//
// What a search costs beside what textindex says: for what a hundredth has up to 2 ms to walk to in another order than
// by number. Pages deep in such a list, in another order, are walked to, and with another filter beside it all its
// users are counted: up to some tens of milliseconds. A user takes 100 to 230 bytes in the four indexes that q
// searches.
//
// Why a list of several runs, such as those of an administrator's datacenters, is walked over all of them at once: how
// many users of each come before a page is found by halving, as fast at any offset, and nothing is copied. Users can be
// children, in a datacenter and of a client at once; only the part of a Scope that has the most users is walked in
// place, and those of the others who are not in it are fetched and sorted in, which is good for some thousands.
//
// Why who sees few users only has lists sorted anew for each query: nobody shall have orders of all users built who may
// not see many of them.
//
// Why indexes are built on first use: there are more ways to sort than anybody uses. A build works on a Snapshot beside
// the writers, which only note what they change meanwhile.
//
// Why there is a plain map while the Log is first read: nobody queries yet, and loading sorted users into trees at the
// end is several times faster than inserting them one by one. A View that goes on from what was saved has its trees at
// once.
package projections
