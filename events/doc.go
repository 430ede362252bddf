// Package events holds what the Log is made of: the Events themselves, their versioned names, the aggregates they
// belong to, and the Record, which is an Event with its envelope.
//
// It promises that whatever was once written can be read for ever: every type in the registry has a golden file under
// testdata, a type's name never changes its meaning, and a new meaning is a new version. Its one invariant is that
// nothing outside an Event's sealed payload tells anything about a person: subjects and envelopes carry ids, numbers,
// times and types only.
//
// # Why
//
// Why versioned names instead of a version field: a name that carries its version cannot be misread by a reader that
// forgot to look at the field.
//
// Why an Event has no id, time or author inside: they are the envelope's, the same for every type, and an Event stays a
// plain fact that a test can write down in one line.
//
// Why the envelope carries assigned numbers (see [Numbered]): numbers are never reused, and after an erasure the event
// that assigned one cannot be read any more.
//
// Why a second reader beside encoding/json (plain.go): reading JSON was half of what a replay costs beyond what the
// engine needs. The plain reader knows only the form in which most Events are written, leaves all else to
// encoding/json, and a fuzz test holds it to reading the same.
//
// Why [ProfileUpdated] holds only what changed, but the [Profile] as a whole: history shows who changed what without
// comparing; the profile is one value to every dialect that has it.
package events
