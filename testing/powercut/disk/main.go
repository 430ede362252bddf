// Command disk is a disk that loses its power: a file system in memory (FUSE) that knows what was synced, and forgets
// the rest when it is told to.
//
// It promises that what was synced is there afterwards, and that of everything else each page, each size and each
// change of a folder is there or not as chance has it. Its one invariant is that a cut happens between two calls, never
// within one.
//
//	disk -mount FOLDER [-strict] [-seed N]
//
// It says "mounted ADDRESS" on stdout; then it is told by HTTP at that address:
//
//	POST /cut              from now on every call fails
//	POST /cut?after=N      the same once N more writes, syncs and changes of folders were made
//	POST /cut?after=N&at=TEXT   the same, counted from when something is made whose path has the text
//	GET /dead              "true" once they do
//	POST /restore?keep=P   what is left of it is there again, when nobody uses the folder any more; each thing that
//	                       was not synced is kept with the chance P; the answer counts what was lost
//	POST /fail?op=OP&name=TEXT&errno=N   the calls OP (write, sync) on files whose path has the text fail so
//	POST /heal             nothing fails any more
//
// Folders: without -strict a sync of anything also has all earlier changes of folders on disk, as journalling file
// systems do; with it a folder's own sync is needed, which is all that POSIX says.
//
// # Why
//
// Why a file system, and not kills: a process that is killed leaves all that it wrote to the kernel, which writes it
// back; what was not synced is lost in a power cut alone.
//
// Why cuts come between calls: within one, a disk may tear what was not synced yet, and that is among what chance keeps
// page by page; what it has promised to have, it has.
//
// Why a module of its own: it needs a library for FUSE, which nobody else here does, and runs on Linux alone.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	mount := flag.String("mount", "", "the folder")
	strict := flag.Bool("strict", false, "a folder needs a sync of its own")
	seed := flag.Uint64("seed", 1, "of what chance keeps")
	flag.Parse()
	d := newDisk(*strict, rand.New(rand.NewPCG(*seed, 1)))
	server, err := d.mount(*mount)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	c := &control{disk: d, folder: *mount, server: server}
	http.HandleFunc("POST /cut", c.cut)
	http.HandleFunc("GET /dead", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, d.isDead()) })
	http.HandleFunc("POST /restore", c.restore)
	http.HandleFunc("POST /fail", c.fail)
	http.HandleFunc("POST /heal", func(http.ResponseWriter, *http.Request) { d.heal() })
	go func() { log.Fatal(http.Serve(listener, nil)) }()
	fmt.Println("mounted", listener.Addr())
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	<-ended
	if err := c.unmount(); err != nil {
		log.Fatal(err)
	}
}

type control struct {
	disk   *disk
	folder string
	server unmounter
}

type unmounter interface{ Unmount() error }

func (c *control) cut(_ http.ResponseWriter, r *http.Request) {
	after, _ := strconv.Atoi(r.FormValue("after"))
	c.disk.cutAfter(after, r.FormValue("at"))
}

func (c *control) fail(_ http.ResponseWriter, r *http.Request) {
	errno, _ := strconv.Atoi(r.FormValue("errno"))
	c.disk.failing(fault{op: r.FormValue("op"), name: r.FormValue("name"), errno: syscall.Errno(errno)})
}

func (c *control) restore(w http.ResponseWriter, r *http.Request) {
	keep, _ := strconv.ParseFloat(r.FormValue("keep"), 64)
	if err := c.unmount(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	lost := c.disk.survive(keep)
	server, err := c.disk.mount(c.folder)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	c.server = server
	_ = json.NewEncoder(w).Encode(lost)
}

// unmount waits until nobody uses the folder.
func (c *control) unmount() error {
	err := c.server.Unmount()
	for tries := 0; err != nil && tries < 100; tries++ {
		pause()
		err = c.server.Unmount()
	}
	return err
}
