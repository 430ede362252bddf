// Package seal encrypts what the Log must be able to forget.
//
// A person's content is sealed with a [DataKey] of its own, and data keys are kept wrapped by the service's one
// [Master] key. Destroying a data key makes everything that it sealed unreadable, wherever copies of it are.
//
// It promises that what Open and Unwrap return is exactly what was sealed, for exactly the context (the additional
// authenticated data) that it was sealed for; anything else is [ErrSealed]. Its one invariant is that keys never appear
// in clear in logs or formatted text.
//
// # Why
//
// Why AES-256-GCM with a random nonce: appending never needs to know how often a key was used before, which several
// instances could not agree on. One key may seal 2^32 texts before two nonces could plausibly meet; a user's history
// and the wrapped keys of a service stay far below that.
//
// Why the master key has a fingerprint: a wrong key is told apart before anything is read or written, instead of
// looking like damaged data.
package seal
