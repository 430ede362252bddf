// Package metrics counts what the service does, for Prometheus.
//
// It promises that labels have few values: routes are templates, unknown methods and paths are one each. Its one
// invariant is that a [Metrics] shares nothing with another, so that several services may run in one process.
//
// # Why
//
// Why requests are counted by our own table in front of the client library's: finding a counter by its label values
// costs a microsecond and an allocation or two there, and every request needs it twice.
package metrics
