#!/usr/bin/env bash
# nats-server 2.15.2: a stream's leader that is heard by the other servers, but hears none of them (a broken link in one direction),
# goes on leading for 10 to 20 seconds and stores nothing. The others see its heartbeats and elect nobody; itself it looks every ten
# seconds whether it has heard of most of them within ten. All that time STREAM.INFO names it as the leader, and publishing just is
# not answered. What shows it at once is how long ago its replicas were active, in the same answer.
#
# Seen, three servers, the leader deaf from second 0: it called itself the leader for 19.6 seconds, twice, in the end with replicas
# that had been active 19.6 seconds before, and acknowledged none of the messages that were published meanwhile.
#
# Why it matters to whoever keeps accounts: changing servers does not help, the leader answers, and nothing can be written for half a
# minute with the election that follows. Who asks such a leader to step down (it says itself that nobody follows it) writes
# again after seconds.
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
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const size = 3

// deaf is the number of the server to which nothing comes through, -1 for none.
var deaf atomic.Int64

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func until(what string, is func() bool) {
	for end := time.Now().Add(90 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			panic("not in time: " + what)
		}
	}
}

func listen() *net.TCPListener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	return l.(*net.TCPListener)
}

// pass copies what comes for a server, and loses it while that one is deaf.
func pass(to net.Conn, from net.Conn, server int) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && deaf.Load() != int64(server) {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err == io.EOF || err != nil {
			return
		}
	}
}

// way lets one server reach another's port, and returns the address for it.
func way(from, to int, port int) *url.URL {
	l := listen()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
			if err != nil {
				in.Close()
				continue
			}
			go pass(out, in, to)
			go pass(in, out, from)
		}
	}()
	return &url.URL{Scheme: "nats", Host: l.Addr().String()}
}

func main() {
	deaf.Store(-1)
	var ports []int
	for range size {
		l := listen()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		must(l.Close())
	}
	var all []*server.Server
	for i := range size {
		o := &server.Options{ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: -1, JetStream: true, NoLog: true, NoSigs: true,
			StoreDir: filepath.Join(os.Args[1], fmt.Sprint(i)),
			Cluster:  server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i], NoAdvertise: true}}
		for j := range size {
			if j != i {
				o.Routes = append(o.Routes, way(i, j, ports[j]))
			}
		}
		s, err := server.NewServer(o)
		must(err)
		s.Start()
		all = append(all, s)
	}
	ctx := context.Background()
	var js [size]jetstream.JetStream
	for i, s := range all {
		until("servers", func() bool { return s.ReadyForConnections(time.Second) })
		nc, err := nats.Connect(s.ClientURL())
		must(err)
		js[i], err = jetstream.New(nc)
		must(err)
	}
	until("a stream", func() bool {
		asked, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		_, err := js[0].CreateStream(asked, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}, Replicas: size})
		return err == nil
	})
	leader := -1
	until("a leader", func() bool {
		s, err := js[0].Stream(ctx, "S")
		if err == nil && s.CachedInfo().Cluster != nil {
			_, _ = fmt.Sscanf(s.CachedInfo().Cluster.Leader, "s%d", &leader)
		}
		return leader >= 0
	})
	until("a message", func() bool { _, err := js[leader].Publish(ctx, "s", nil); return err == nil })

	deaf.Store(int64(leader))
	began, stored, quiet, led := time.Now(), 0, time.Duration(0), time.Duration(0)
	for time.Since(began) < 40*time.Second {
		asked, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		if _, err := js[leader].Publish(asked, "s", nil); err == nil {
			stored++
		}
		cancel()
		asked, cancel = context.WithTimeout(ctx, 500*time.Millisecond)
		s, err := js[leader].Stream(asked, "S")
		cancel()
		if err == nil && s.CachedInfo().Cluster.Leader == all[leader].Name() {
			led, quiet = time.Since(began), 1<<62
			for _, r := range s.CachedInfo().Cluster.Replicas {
				quiet = min(quiet, r.Active)
			}
		} else if led > 0 && time.Since(began) > led+3*time.Second {
			break
		}
	}
	fmt.Println("version", server.VERSION, "led for", led.Round(100*time.Millisecond), "with replicas last active", quiet.Round(100*time.Millisecond),
		"before, and stored", stored)
	if led < 9*time.Second || led > 25*time.Second || quiet < 8*time.Second || stored > 0 {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	fmt.Println("SEEN")
	os.Exit(0)
}
GO
go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . "$dir/store"
