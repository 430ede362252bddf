// Package committer runs commands: it decides them on the newest States, appends their Events to the Log, and decides
// again when another instance was faster. [Handler] is its door; package commands decides, and knows nothing of this
// one.
//
// It promises that a command takes effect as a whole or not at all, that it was decided against everything that stood
// in the Log before it, and that it is durable before the Handler answers. Its one invariant: one goroutine of an
// instance decides and appends.
//
// What others call a Handler: a command bus, or an application service; its loop is optimistic concurrency control.
//
// # Why
//
// Why one guard on the whole Log instead of one an aggregate: a command may depend on anything (is the e-mail free, is
// this the last administrator, which number is next), and a guard on the Log's last sequence makes every such rule safe
// without claims or locks.
//
// Why one goroutine: on a single server each append costs an fsync, so commands that wait together are decided one
// after another on the state that the ones before them produce and share one. A refusal that rests on a neighbour's
// uncommitted events is only given once these are in the Log.
//
// Why an instance gives way after an append when others append, too: whoever is nearest to the Log would win race after
// race, and the others' callers would wait or be refused.
//
// Why it is no part of package commands: what decides has no clock, no context and no lock, so that a decision can be
// repeated, on another instance or years later, and be the same.
package committer
