#!/usr/bin/env bash
# nats-server 2.15.2: a durable consumer that begins with new messages (deliver policy "new") and has acknowledged nothing tells
# another acknowledgement floor on a cluster than on a single server. On one server, ack_floor.stream_seq is the message before its
# first one. On a replicated stream it is 0 until the first acknowledgement, as of a consumer that still wants everything.
#
# Seen, a stream of five messages, the consumer made behind them: one server: floor 5; three servers, three copies: floor 0, and 6
# after the sixth message was acknowledged.
#
# Why it matters to whoever keeps accounts: who removes old events once every subscriber has read them, by the lowest floor, keeps
# all of them for ever because of one quiet subscriber on a cluster, and finds nothing wrong on one server. Of a consumer with floor
# 0, look at its deliver policy and at when it was made.
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
	"net"
	"net/url"
	"os"
	"path/filepath"
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

// until waits for what is to become true.
func until(what string, is func() bool) {
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			panic("not in a minute: " + what)
		}
	}
}

// floors returns the acknowledgement floor of a consumer of what is new before and after its first acknowledgement.
func floors(dir string, size int) (before, after uint64) {
	ctx := context.Background()
	var ports []int
	var routes []*url.URL
	for range size {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()})
		must(l.Close())
	}
	var all []*server.Server
	for i, port := range ports {
		o := &server.Options{ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: -1, JetStream: true, NoLog: true, NoSigs: true,
			StoreDir: filepath.Join(dir, fmt.Sprint(size, "-", i))}
		if size > 1 {
			o.Cluster, o.Routes = server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port}, routes
		}
		s, err := server.NewServer(o)
		must(err)
		s.Start()
		defer s.WaitForShutdown()
		defer s.Shutdown()
		all = append(all, s)
	}
	until("servers", func() bool { return all[0].ReadyForConnections(time.Second) })
	nc, err := nats.Connect(all[0].ClientURL())
	must(err)
	defer nc.Close()
	js, err := jetstream.New(nc)
	must(err)
	until("a stream", func() bool {
		_, err := js.CreateStream(ctx, jetstream.StreamConfig{Name: "S", Subjects: []string{"s"}, Replicas: size})
		return err == nil
	})
	for range 5 {
		until("a message", func() bool { _, err := js.Publish(ctx, "s", nil); return err == nil })
	}
	var c jetstream.Consumer
	until("a consumer", func() bool {
		c, err = js.CreateConsumer(ctx, "S", jetstream.ConsumerConfig{Durable: "d", DeliverPolicy: jetstream.DeliverNewPolicy})
		return err == nil
	})
	info, err := c.Info(ctx)
	must(err)
	before = info.AckFloor.Stream
	_, err = js.Publish(ctx, "s", nil)
	must(err)
	msg, err := c.Next()
	must(err)
	must(msg.DoubleAck(ctx))
	info, err = c.Info(ctx)
	must(err)
	return before, info.AckFloor.Stream
}

func main() {
	before, after := floors(os.Args[1], 1)
	clustered, afterwards := floors(os.Args[1], 3)
	fmt.Println("version", server.VERSION, "one server:", before, "then", after, "three servers:", clustered, "then", afterwards)
	if before != 5 || after != 6 || clustered != 0 || afterwards != 6 {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	fmt.Println("SEEN")
}
GO
go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . "$dir/store"
