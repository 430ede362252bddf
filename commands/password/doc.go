// Package password hashes passwords and verifies them against stored hashes, its own and those that users bring along
// from other systems.
//
// It writes one form: argon2id, m=19456 KiB, t=2, p=1, 16 bytes of salt, 32 bytes of key, as the PHC string
// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>". It also reads
//
//	argon2id, argon2i  $argon2i$v=19$m=65536,t=2,p=1$<salt>$<key>
//	bcrypt             $2a$, $2b$ and $2y$
//	PBKDF2, Django     pbkdf2_sha256$<iterations>$<salt>$<key>, pbkdf2_sha1$…
//	PBKDF2, passlib    $pbkdf2-sha256$<iterations>$<salt>$<key>, $pbkdf2$… and $pbkdf2-sha1$…, $pbkdf2-sha512$…
//	PBKDF2, PHC        $pbkdf2-sha256$i=<iterations>,l=<key bytes>$<salt>$<key>, likewise
//
// It promises that no password and no hash appears in an error, and that nothing that a caller passes makes it work
// without bound: passwords, hashes and the parameters inside hashes have limits, which are checked before any work
// starts. Its one invariant: never do more than Options.Slots hashes run at the same time.
//
// # Why
//
// A gate, instead of as many hashes as there are requests: a hash is expensive on purpose (tens of milliseconds, 19
// MiB), so a burst of log-ins would take all memory and all processors from everybody else. Past a short queue an
// answer of 503 at once is worth more to the client than a success after its time-out.
//
// A queue for each name and each address before the common one: without it a single caller, with the right password at
// that, takes every place and the others get 503. A name has as many places as there are slots, an address twice as
// many, so that whoever comes by another waits behind two hashes a slot at most, and a hundred callers of one name wait
// among themselves. The first queue is that of a name from an address, the last that of a name alone: one who logs in
// by somebody's name keeps no place of that name while the own address has to wait.
//
// A place in that queue can be kept (Admit) before the hash is to be computed: whoever has to write something down
// first would otherwise do so in vain when the queue is full.
//
// An empty hash is verified, against a key that no password has: otherwise the time of a failed log-in would tell which
// usernames exist. A user whose hash is a foreign one costs that hash's own time until the first log-in replaces it.
//
// A bcrypt hash is verified with the first 72 bytes of the password only: bcrypt ignores the rest, and so did the
// system that wrote the hash; to refuse longer passwords would lock those users out. The rehash then covers the whole
// password.
//
// A password is text (NIST SP 800-63B): what a person types is composed on one device and decomposed on another. So
// Hash composes it (NFC), and Verify tries a hash, which may be older or another system's, with the composed form, with
// what came, and with the decomposed one, and asks for a rehash if it was not the first. It is NFC and not NFKC, which
// would make fewer passwords of many, and which those other systems did not use. A wrong password that is not of ASCII
// costs up to three hashes in its one slot; whether there is such a user shows in no time, because the empty hash is
// tried as often.
//
// argon2d and argon2 of version 1.0 (v=16) are not read, because golang.org/x/crypto cannot compute them.
package password
