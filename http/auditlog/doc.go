// Package auditlog answers what is below /v1/audit: signed checkpoints of the log, proofs that a record is in it and
// that it only grows, and the records as they are stored, for those who verify it by themselves.
//
//	GET /v1/audit/checkpoint         a signed note: the log's origin, how many records it has, their tree's root
//	GET /v1/audit/key                the key that signs checkpoints
//	GET /v1/audit/proof?seq=&size=   that the record is among the first size ones; without size among all
//	GET /v1/audit/proof?from=&to=    that the first from records are the beginning of the first to ones; without to of all
//	GET /v1/audit/records?keys=      an export; with keys=true also the data keys, wrapped by the master key
//
// It promises that a checkpoint is of everything that the service had acknowledged when it was asked, and that every
// proof and export fits the checkpoint that goes with it. An answer that cannot be completed breaks off instead of
// ending early. Its one invariant is that only who may read everybody's history gets any of it, and only a super admin
// the data keys.
//
// # Why
//
// Why records are sent whole instead of in pages: who verifies needs all of them, and one answer is of one moment.
//
// Why data keys are left out unless asked for, and by a super admin at that: see package audit. Who only audits
// verifies all there is without them.
package auditlog
