// Package bench measures what the service costs beside what its task costs bare, in the same run on the same machine:
// creating users, over HTTP and in process, beside a bare guarded publish, a page of a million users beside the same
// bytes served ready-made, one user by id beside a ready-made answer, a log-in while somebody else logs in a lot beside
// one on its own.
//
// It promises numbers that mean something on a shared, noisy machine: ratios, medians and processor time. Its one
// invariant: nothing here decides whether a test passes.
//
//	go test -run '^$' -bench . -count 6 ./testing/bench
package bench
