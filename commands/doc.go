// Package commands decides. It holds the State of every aggregate, the pure functions Evolve, which folds Events into
// it, Decide, which turns a Command into Events or a [Refusal], and the policy that says who may do what. Package
// committer runs commands against the Log.
//
// It promises that the same States, Actor and Command lead to the same Events or the same Refusal, whenever and
// wherever they are decided. Its one invariant: Decide and Evolve do nothing but compute. Times, ids, hashes and
// secrets arrive in the command; there is no clock, no context, no lock and no Log in here, which testing/layers keeps.
//
// A noun is a file: its commands with their decisions, its rights, its part of the State, its "not found". What several
// share is in decide.go (how one decides), policy.go (who may do what), strangers.go (what ends when that becomes
// more), names.go, address.go and lookalike.go (by what people are found) and directory.go; user.go has the fold,
// overlay.go the States as a group of commands will leave them, outcome.go what a command led to.
//
// # To add an event
//
//  1. ../events/user.go, or the file of its noun: the type with its docstring and its Type method.
//  2. ../events/registry.go: its line; the tests of package events ask for its sample and its golden file.
//  3. user.go: its case in Evolve; TestEvolveKnowsEveryType fails without it.
//  4. ../http/native/historychanges.go: what a history says of it; the tests of package native fail without it.
//  5. session.go: whether it takes a newer proof (needsProof); without a line there it does.
//  6. policy.go: whether what it brings outlasts its author (outlasts), if it is about no user.
//
// # To add a command
//
//  1. sshkey.go, or the file of its noun: the type, its refusals in the docstring, Of and decide, which the compiler
//     asks for.
//  2. decide.go: decideUser does what is the same for all commands on users.
//  3. policy.go: who may; TestRights gets a row for each who that matters (policy_table_test.go).
//  4. ../http/native/sshkeys.go, or the file of its noun: the call that asks for it.
//
// # Why
//
// Why the policy stands here and not in the APIs: one rule, whatever the API; a right that was taken away between the
// check of a credential and the append is seen, because rights are read from the state that the command is decided on.
//
// Why everything but users stands in one [Directory]: there are few of them beside the users, whoever decides about a
// user needs several of them at once, and one immutable value is as easily kept in a snapshot as put on top of another.
//
// Why the groups that are attached to a datacenter stand in the datacenter: who administers it is its own affair, and
// its history tells who could.
//
// Why what a log-in gave names the Record since when the user logged in as now (LogInsSince), and is compared with the
// State: it ends in the one append that changes the password, on every instance, and a log-in that had looked at the
// password before gives what has ended already. Nothing has to be looked for and deleted, which could fail, or race
// with a log-in.
//
// Why the State remembers the sessions that were ended one by one, and not those that there are: a session is no fact
// about an account, and changes too often; that somebody ended it is one. It is forgotten when no token of it can be
// left, see [LongestSession].
//
// Why an application's token names the Records of its user's membership and of its application's secret, and is
// compared with the State by each command once more: whatever ends one of them ends the token in the same append, and a
// command that was let in before is refused. Who comes back is a member by another Record.
//
// Why a trusted application whose user has come back takes a new secret: nobody has to remember what it was granted
// for, and giving it one is an administrator's decision.
//
// Why a proof is asked for by the Events that a command decides on (see needsProof), and last: it is what would become
// true that matters, whichever command leads to it; who may not do it learns that and nothing else; and what nobody has
// thought of takes one.
//
// Why tokens of Danube's API and of OAuth take no proof: their contracts let them set passwords, and Danube's renew its
// key, and the clients that exist have no way to give one.
//
// Why only Service() makes the Actor that may do everything, and the zero Permissions let nothing be done: a field that
// somebody forgot to fill must not be a right.
//
// Why a parent sees an account only while it may make accounts, and while the account is one that it could make
// (ScopeParent): a right that is only remembered cannot be taken back. Whom somebody sees for another reason, as a
// super admin, by a datacenter or by a client, is not given a parent at all.
//
// Why what leads to a log-in takes a credential that covers the log-in (see mayOpen): a password, an address or a
// factor of an account is worth all that the account may do, without the bounds of the key by which it was set. On an
// account that reaches nobody else nothing is gained by that, so that a narrow key goes on making customers.
//
// Why a super admin's keys lose their permissions with the super admin's rights: who gave them meant what the user was.
//
// Why what others made of an account's credentials ends when the account may do more (see leftByStrangers): they were
// given for what it was. That is asked of who they are now, so the State remembers who made a credential, and not what
// that one might do then.
//
// Why the State also remembers who could read a key, who attested an address and who was mailed: whoever knows a secret
// has it, however that came about. What two people know counts as known to a stranger if either is one.
//
// Why a link is looked at when it is used, and not only ended at a rise: which account reaches others depends on the
// Directory, too, and a link that is still to be mailed has no Event yet.
//
// Why the sessions of a disabled user end, while what applications and Danube's tools got waits: those APIs' contracts
// have it so.
//
// Why log-ins are in a package of their own: what bounds them changes with every try and is no state of an account.
//
// Why an e-mail address is compared as the mailbox that it is (see [Folded]): two accounts for one could not be told
// apart by mail, and one that is refused because its domain differs by a mark belongs to somebody else. Accounts from
// before that were two go on; accountctl clashes lists them.
//
// Why values compare folded (see [Folded]): "José" and "jose" as two log-in names would be a trap for people.
//
// Why names of ASCII letters never look alike here, although Unicode's data has "modem" look like "modern" and "user1"
// like "userl": people have such names, and nobody gains by refusing the second. What is refused is another script's
// letter in the place of one that a name has (see [LookAlikes]), when it is new. The data is that of
// go.mau.fi/util/confusable, which follows Unicode's releases.
//
// Why a username that is the account's own e-mail address follows it: left behind, it would be the address of somebody
// else.
package commands
