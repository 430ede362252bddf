// Package ctl is accountctl, the command line client of accountd, and what audits its log.
//
// It promises that data goes to stdout and everything else to stderr, and that an answer that broke off is an error.
// Its one invariant is that it changes nothing in a data folder: it only reads there.
//
// # Why
//
// Why resources are paths and not commands of their own: what the API has, accountctl has at once, under the same
// names, and what it prints is what the API answered.
//
// Why name:=JSON beside name=text: a shell has texts only, the API has types, and guessing would make the user name
// "true" impossible.
//
// Why keys have commands of their own although they are resources: what is printed of a new key is the secret alone, so
// that a script can take it, and all kinds of keys are in one list.
//
// Why there are no rates without waiting: the service counts, and only the difference of two counts says what happens
// now.
//
// Why a tail asks where the service is for every connection: one that is started again on the same folder may listen
// elsewhere, and says so in admin.json.
//
// Why audit works on a copy of a stopped service's log: an engine repairs what it opens, and drops what it cannot read,
// which is just what is looked for.
package ctl
