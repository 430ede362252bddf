// Package guide is the manual of accountctl.
//
// It promises that the sh blocks of the manual run against a service that has just started. Its one invariant is that
// it is text alone.
//
// # Why
//
// Why it is apart from accountctl: the service shows the manual, and needs nothing of the program.
package guide

import _ "embed" // for the manual

// Text is the manual, in Markdown.
//
//go:embed guide.md
var Text string
