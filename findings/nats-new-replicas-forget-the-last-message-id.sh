#!/usr/bin/env bash
# nats-server 2.15.2: the guard Nats-Expected-Last-Msg-Id (nats.go 1.55.0, jetstream.WithExpectLastMsgID) compares with what the
# stream's leader remembers of the newest message's id. A copy that got its messages by catching up, as each new one does when a
# stream gets more replicas, has the message with its header and does not remember the id. When such a copy becomes the leader,
# the right id is refused. The guard Nats-Expected-Last-Sequence holds on every copy.
#
# Seen, on three servers: a stream of one copy gets two more, and one of these becomes the leader; the last message has the id "two" there;
# the guard by that id: "wrong last msg ID" (10070); the guard by its sequence: taken.
#
# Why it matters to whoever keeps accounts: who appends events under the guard of an id, so that nobody else comes between, cannot
# write any more after a server was replaced, and takes it for somebody else's write. The last sequence is the guard to use.
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

// guarded makes a stream of one copy and two messages, gives it two more copies, makes one of these the leader, and returns what comes
// of a message that is published under the guard.
func guarded(ctx context.Context, nc *nats.Conn, js jetstream.JetStream, name string, guard jetstream.PublishOpt) error {
	config := jetstream.StreamConfig{Name: name, Subjects: []string{name}}
	until("a stream", func() bool { _, err := js.CreateStream(ctx, config); return err == nil })
	_, err := js.Publish(ctx, name, nil, jetstream.WithMsgID("one"))
	must(err)
	_, err = js.Publish(ctx, name, nil, jetstream.WithMsgID("two"), jetstream.WithExpectLastMsgID("one"))
	must(err)
	stream, err := js.Stream(ctx, name)
	must(err)
	first := stream.CachedInfo().Cluster.Leader
	config.Replicas = 3
	until("three copies", func() bool { _, err := js.UpdateStream(ctx, config); return err == nil })
	until("copies that are current", func() bool {
		info, err := stream.Info(ctx)
		return err == nil && info.Cluster != nil && len(info.Cluster.Replicas) == 2 && info.Cluster.Replicas[0].Current && info.Cluster.Replicas[1].Current
	})
	until("another leader", func() bool {
		info, err := stream.Info(ctx)
		if err != nil || info.Cluster.Leader != first {
			return err == nil && info.Cluster.Leader != ""
		}
		_, _ = nc.Request("$JS.API.STREAM.LEADER.STEPDOWN."+name, nil, 2*time.Second)
		return false
	})
	until("the last message", func() bool {
		last, err := stream.GetMsg(ctx, 2)
		return err == nil && last.Header.Get("Nats-Msg-Id") == "two"
	})
	until("an answer", func() bool {
		_, err = js.Publish(ctx, name, nil, jetstream.WithMsgID("three"), guard)
		return err == nil || errors.As(err, new(*jetstream.APIError))
	})
	return err
}

func main() {
	ctx := context.Background()
	var ports []int
	var routes []*url.URL
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()})
		must(l.Close())
	}
	var servers []*server.Server
	for i, port := range ports {
		o := &server.Options{ServerName: fmt.Sprint("s", i), Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: filepath.Join(os.Args[1], fmt.Sprint(i)), NoLog: true, NoSigs: true,
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: port}, Routes: routes}
		s, err := server.NewServer(o)
		must(err)
		s.Start()
		servers = append(servers, s)
	}
	nc, err := nats.Connect(servers[0].ClientURL())
	must(err)
	js, err := jetstream.New(nc)
	must(err)
	byID := guarded(ctx, nc, js, "BY-ID", jetstream.WithExpectLastMsgID("two"))
	bySequence := guarded(ctx, nc, js, "BY-SEQUENCE", jetstream.WithExpectLastSequence(2))
	fmt.Println("version", server.VERSION, "guard by id:", byID, "guard by sequence:", bySequence)
	var refused *jetstream.APIError
	if !errors.As(byID, &refused) || refused.ErrorCode != 10070 || bySequence != nil {
		fmt.Println("CHANGED")
		os.Exit(1)
	}
	nc.Close()
	for _, s := range servers {
		s.Shutdown()
	}
	fmt.Println("SEEN")
}
GO
go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
go run . "$dir/store"
