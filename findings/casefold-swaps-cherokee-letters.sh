#!/usr/bin/env bash
# golang.org/x/text 0.43.0: cases.Fold() turns a small Cherokee letter into the large one, and the large one into the small one.
# Unicode's CaseFolding.txt folds both to the large one (U+ABB7 to U+13E7; U+13E7 to itself). So the two spellings of one name
# never compare equal after folding, and folding what was folded gives the first form back.
#
# Seen: each of the 86 large letters (U+13A0 to U+13F5) folds to its small one, and that one back; Unicode has no such pair.
# strings.EqualFold takes all 86 pairs for equal.
#
# Why it matters to whoever keeps accounts: a user name that is unique "whatever the case" by this folding can be taken twice, and one
# that is stored folded is not found by folding it once more. Fold to a fixed form first: fold, map to capitals, fold again.
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
	"strings"
	"unicode"

	"golang.org/x/text/cases"
)

func main() {
	fold := func(r rune) string { return cases.Fold().String(string(r)) }
	pairs, swapped, right, equal := 0, 0, 0, 0
	for large := rune(0x13A0); large <= 0x13F5; large++ {
		small := unicode.ToLower(large)
		pairs++
		switch {
		case fold(large) == string(small) && fold(small) == string(large):
			swapped++
		case fold(large) == string(large) && fold(small) == string(large):
			right++
		}
		if strings.EqualFold(string(large), string(small)) {
			equal++
		}
	}
	fmt.Println("pairs", pairs, "swapped", swapped, "as Unicode says", right, "equal to strings.EqualFold", equal)
	fmt.Printf("U+13E7 folds to %U, U+ABB7 to %U\n", []rune(fold(0x13E7))[0], []rune(fold(0xABB7))[0])
	if pairs != 86 || swapped != 86 || right != 0 || equal != 86 {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	fmt.Println("SEEN")
}
GO
go get golang.org/x/text@v0.43.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run .
