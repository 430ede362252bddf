#!/usr/bin/env bash
# golang.org/x/net 0.61.0, package idna, beside npm's tr46 6.0.0 (both UTS 46, nontransitional): the two give one domain
# two names in DNS. The capital ẞ (U+1E9E) is "ss" to Go, and ß to tr46. Unicode changed its table with 15.1: until
# then ẞ was mapped to "ss" although the small ß had been kept.
#
# Seen: straße.example is xn--strae-oqa.example to both. STRAẞE.example, the same word in capitals, is strasse.example
# to Go, which is another domain that another person may own, and xn--strae-oqa.example to tr46.
#
# Why it matters to whoever keeps accounts: a mail domain that a person types in capitals leads to another mailbox in
# the service than in the browser's form (browsers map as tr46 does), so that one mailbox may get two accounts, and a
# link to set a password goes to somebody else's server. Replace ẞ by ß before the domain is converted.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
go mod init finding >/dev/null 2>&1
cat >main.go <<'GO'
package main

import (
	"fmt"

	"golang.org/x/net/idna"
)

func main() {
	p := idna.New(idna.MapForLookup(), idna.Transitional(false))
	for _, d := range []string{"straße.example", "STRAẞE.example"} {
		a, err := p.ToASCII(d)
		fmt.Println(d, a, err)
	}
}
GO
go get golang.org/x/net@v0.61.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . | tee go.txt
npm init -y >/dev/null 2>&1
npm install --no-audit --no-fund tr46@6.0.0 >/dev/null 2>&1
node -e '
const { toASCII } = require("tr46");
for (const d of ["straße.example", "STRAẞE.example"]) console.log(d, toASCII(d, { transitionalProcessing: false }), "<nil>");
' | tee node.txt
cmp -s <(head -1 go.txt) <(head -1 node.txt) || { echo "CHANGED: the small letter"; exit 1; }
[ "$(tail -1 go.txt)" = "STRAẞE.example strasse.example <nil>" ] || { echo "CHANGED: Go"; exit 1; }
[ "$(tail -1 node.txt)" = "STRAẞE.example xn--strae-oqa.example <nil>" ] || { echo "CHANGED: tr46"; exit 1; }
echo SEEN
