// Package mailer sends the mails that events make due: a reactor that follows the log and speaks SMTP.
//
// It promises that whatever makes a mail due never waits for it and never fails by it; that a mail which became due
// while a mailer is set up is sent at least once, also when the service is killed, or ends as a [Letter] that an
// administrator can see and send again; that it is sent once, unless the service dies in the moment between the
// server's yes and the note of it; and that nobody gets a mail about a user who is no longer there. Its one invariant:
// it stores ids and reasons, never an address, a name, a link or a password.
//
// # How a mail goes out
//
// The durable consumer [Consumer] keeps the place in the log for all instances. For a record that makes a mail due, one
// instance claims it in the bucket [Bucket], asks the state for what the mail says and to whom it goes, makes a
// one-time link when it needs one, sends it, and notes that. What the server refuses for good (a reply of 5xx) is a
// Letter at once; everything else is tried again, at growing intervals, for about a day. A mail that became due more
// than [TooOld] before the first try is not sent: while no mailer was set up nobody promised it.
//
// # Why
//
// Why the address and the name come from the state when a mail is sent: so an erasure or a correction counts at once,
// and nothing personal lies in a queue.
//
// Why the link is made when the server is already listening: its hour begins when it has a chance to arrive, and a
// server that is down does not fill the log with links.
//
// Why a claim beside the consumer: the consumer hands a record to another instance when this one is slow, and both must
// not send. A claim ends by itself when its instance died.
//
// Why a refused log-in at the mail server is no refusal of the mail: a wrong password in the settings would make
// Letters of everything, and is soon put right.
//
// Why plain passwords are kept in memory alone: an event or a queue would keep what nobody may read. Who restarts the
// service, or whose record another instance takes, sends a link instead.
package mailer
