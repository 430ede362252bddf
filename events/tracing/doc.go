// Package tracing marks what is done as spans of OpenTelemetry traces, which go from the request that asked for a
// change through the log to whoever follows it.
//
// It promises that where nothing is recorded a span costs a look into the context, and that a trace's parent is given
// on as it came. Its one invariant: a span says what was done and what became of it, never about whom: no name,
// address, path, query, body or error text is in it.
//
// # Why
//
// Why there is no provider for all of the program: several services may run in one process, as in tests. What begins a
// trace is given a tracer; everything else finds the span that it is part of in its context.
//
// Why whoever follows the log goes on with the trace instead of linking to it: a webhook or a mail belongs to one event
// and so to one request, and whoever looks at that sees all that came of it.
package tracing
