// Command accountctl asks a running accountd. See accountctl --help.
//
// It promises nothing by itself: package ctl does.
package main

import (
	"os"

	"accountd/cmd/ctl"
)

func main() { os.Exit(ctl.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }
