package auditlog

import _ "embed" // for the guide

// Guide is the manual of what this package serves, in Markdown. Its sh blocks run against a service that has just
// started.
//
//go:embed guide.md
var Guide string
