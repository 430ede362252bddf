#!/usr/bin/env bash
# go.mau.fi/util 0.11.0 (package confusable, the tables of Unicode's UTS 39 for Unicode 17): the skeleton by which look-alike
# names are found does not only bring together scripts. Ordinary names in plain ASCII have one skeleton, too: "modern" and
# "modem", "burn" and "bum", "0leg" and "Oleg", "user1" and "userl". The skeleton also keeps upper and lower case apart, so
# that "ALICE" and "alice" have different ones.
#
# Seen: the pairs above are equal by skeleton; "ALICE" and "alice" are not; Cyrillic "а" in "аdmin" is found as expected.
#
# Why it matters to whoever keeps accounts: who refuses every new name whose skeleton somebody has refuses honest customers
# ("modem" after "modern"), and who compares without folding the case first misses look-alikes. Names in one script alone need
# a rule of their own.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
go mod init finding >/dev/null 2>&1
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"go.mau.fi/util/confusable"
)

func main() {
	ok := true
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"modern", "modem", true}, {"burn", "bum", true}, {"0leg", "Oleg", true}, {"user1", "userl", true},
		{"ALICE", "alice", false}, {"\u0430dmin", "admin", true}, {"anna", "hanna", false},
	} {
		same := confusable.Skeleton(c.a) == confusable.Skeleton(c.b)
		fmt.Printf("%q %q: %v\n", c.a, c.b, same)
		ok = ok && same == c.same
	}
	if !ok {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	fmt.Println("SEEN")
}
GO
go get go.mau.fi/util@v0.11.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run .
