#!/usr/bin/env bash
# golang.org/x/crypto 0.58.0 (ssh.ParseAuthorizedKey): it reads a whole authorized_keys file up to the first key in it, and does
# not say what it passed over. Lines that are no keys, also damaged ones, are skipped without an error; what follows the first
# key comes back as the rest, which most callers do not look at. It also takes options before the key (from="…",
# no-pty), and returns them apart from it.
#
# Seen: two lines of prose and a damaged key before a good key give that good key and no error; two keys give the first one, no
# error and a rest; a key with options gives the options beside it.
#
# Why it matters to whoever keeps accounts: an API whose field holds "one public key" and that asks this function alone accepts
# text with another key in it than the one that a person sees first, and stores what nobody reads again. One key in one line is
# the caller's own check: no line break, no rest, no options.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
go mod init finding >/dev/null 2>&1
cat >main.go <<'GO'
package main

import (
	"crypto/ed25519"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

func key(seed byte) string {
	public, err := ssh.NewPublicKey(ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune('a'+seed)), ed25519.SeedSize))).Public())
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(public)))
}

func main() {
	one, two := key(0), key(1)
	ok := true
	for _, c := range []struct {
		name, text    string
		options, rest bool
	}{
		{"prose before a key", "please add my key\nthank you\nssh-ed25519 AAAA damaged\n" + one, false, false},
		{"two keys", one + "\n" + two, false, true},
		{"options", `from="192.0.2.1",no-pty ` + one, true, false},
	} {
		got, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(c.text))
		first := err == nil && strings.TrimSpace(string(ssh.MarshalAuthorizedKey(got))) == one
		fmt.Printf("%s: the first good key: %v, options: %q, rest: %d bytes, error: %v\n", c.name, first, options, len(rest), err)
		ok = ok && first && (len(options) > 0) == c.options && (len(rest) > 0) == c.rest
	}
	if !ok {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	fmt.Println("SEEN")
}
GO
go get golang.org/x/crypto@v0.58.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run .
