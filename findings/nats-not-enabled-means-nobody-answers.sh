#!/usr/bin/env bash
# nats.go 1.55.0 with nats-server 2.15.2: jetstream.ErrJetStreamNotEnabled ("jetstream not enabled") does not say that
# JetStream is off. It is what the client makes of "no responders" to a call of JetStream's API, so it also comes when the
# servers have JetStream and nobody answers that call at the moment: here because the client names another domain, on a
# cluster while there is no leader for the API. That JetStream is off for an account is another error, with a code.
#
# Seen: a server with JetStream on; asked for its account's information under a domain that nobody has: ErrJetStreamNotEnabled;
# under its own: no error.
#
# Why it matters to whoever keeps accounts: a service that takes this error for a wrong configuration and ends goes down with
# every election, all instances at once. It says "not now" and is to be tried again.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
go mod init finding >/dev/null 2>&1
cat >main.go <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s, err := server.NewServer(&server.Options{JetStream: true, JetStreamDomain: "here", StoreDir: os.Args[1], DontListen: true, NoLog: true, NoSigs: true})
	must(err)
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		panic("not ready")
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	answer := map[string]error{}
	for _, domain := range []string{"here", "elsewhere"} {
		js, err := jetstream.NewWithDomain(nc, domain)
		must(err)
		_, answer[domain] = js.AccountInfo(ctx)
	}
	fmt.Println("version", server.VERSION, nats.Version, "enabled:", s.JetStreamEnabled(), "here:", answer["here"], "elsewhere:", answer["elsewhere"])
	if !s.JetStreamEnabled() || answer["here"] != nil || !errors.Is(answer["elsewhere"], jetstream.ErrJetStreamNotEnabled) {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	nc.Close()
	s.Shutdown()
	fmt.Println("SEEN")
}
GO
go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . "$dir/store"
