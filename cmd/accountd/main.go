// Command accountd is the account service. See accountd --help.
//
// It promises nothing by itself: package app does.
package main

import (
	"os"

	"accountd/cmd/app"
)

func main() { os.Exit(app.Main(os.Args[1:], os.Environ(), os.Stdout, os.Stderr)) }
