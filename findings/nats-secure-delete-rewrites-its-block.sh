#!/usr/bin/env bash
# nats-server 2.15.2: erasing one message securely (nats.go 1.55.0, Stream.SecureDeleteMsg) writes the whole block file anew
# that the message lies in. What one erasure writes to disk grows with the block and not with the message: in a stream of
# about 7 MB, one message of 700 bytes costs more than 7 MB of writes, and the next one as much again; in a stream of a
# tenth of that, about a tenth. A plain DeleteMsg writes next to nothing.
#
# Seen: bytes written by the process for one secure deletion, stream of 10,000 messages: 7,8 million; of 1,000: 0,8 million;
# for a plain deletion: under 0,1 million.
#
# Why it matters to whoever keeps accounts: a person's data is hundreds of messages. Erased one by one with overwriting, a
# busy person costs gigabytes of writes. Who seals each person's payloads with a key of its own destroys the key first and has
# time for the rest; who relies on overwriting alone must plan for it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
go mod init finding >/dev/null 2>&1
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
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

// written returns how many bytes the process has passed to write(2) so far.
func written() (n int64) {
	text, err := os.ReadFile("/proc/self/io")
	must(err)
	for line := range strings.Lines(string(text)) {
		fmt.Sscanf(line, "wchar: %d", &n)
	}
	return n
}

func main() {
	ctx := context.Background()
	s, err := server.NewServer(&server.Options{JetStream: true, StoreDir: os.Args[1], DontListen: true, NoLog: true, NoSigs: true})
	must(err)
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		panic("not ready")
	}
	nc, err := nats.Connect("", nats.InProcessServer(s))
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	cost := map[string]int64{}
	for _, size := range []int{1000, 10000} {
		name := fmt.Sprint("of", size)
		stream, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: name, Subjects: []string{name}})
		must(err)
		for range size {
			_, err := js.Publish(ctx, name, make([]byte, 700))
			must(err)
		}
		for sequence, erase := range []func(context.Context, uint64) error{stream.DeleteMsg, stream.SecureDeleteMsg, stream.SecureDeleteMsg} {
			before := written()
			must(erase(ctx, uint64(sequence+10)))
			cost[fmt.Sprint(size, "/", sequence)] = written() - before
		}
	}
	fmt.Println("version", server.VERSION, "plain, secure, secure again in the small stream:", cost["1000/0"], cost["1000/1"], cost["1000/2"],
		"in the large one:", cost["10000/0"], cost["10000/1"], cost["10000/2"])
	large, small := 10000*700, 1000*700
	for _, n := range []string{"1", "2"} {
		if cost["10000/"+n] < int64(large) || cost["1000/"+n] < int64(small) || cost["1000/"+n] > int64(large)/2 {
			fmt.Println("CHANGED: a secure deletion does not write the block anew any more")
			os.Exit(1)
		}
	}
	if cost["10000/0"] > int64(small) {
		fmt.Println("CHANGED: a plain deletion writes a lot, too")
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
