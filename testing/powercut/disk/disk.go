package main

import (
	"math/rand/v2"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// pageSize is how much of a file is written back at once, or not.
const pageSize = 4096

// pause is between two attempts to unmount.
func pause() { <-time.After(50 * time.Millisecond) }

// node is a file or a folder: as it is, and as it is on disk.
type node struct {
	id   uint64
	name string // its last path, for faults
	mode uint32
	time time.Time

	folder           bool
	entries, durable map[string]*node

	data, durableData []byte
	dirty             map[int64]bool // pages that differ from those on disk
}

// change is one of folders, which is on disk as a whole or not at all.
type change struct{ removed, added []entry }

type entry struct {
	in   *node
	name string
	of   *node
}

// fault fails calls.
type fault struct {
	op, name string
	errno    syscall.Errno
}

// disk is all of it. Its lock guards the nodes, too.
type disk struct {
	mu      sync.Mutex
	strict  bool
	chance  *rand.Rand
	nodes   uint64
	root    *node
	pending []change // of folders, not on disk yet, oldest first
	dead    bool
	left    int    // calls until the power goes; 0: it does not
	await   string // they count from when something is made whose path has this; "": they do
	faults  []fault
}

func newDisk(strict bool, chance *rand.Rand) *disk {
	d := &disk{strict: strict, chance: chance}
	d.root = d.node("", true, 0o755)
	return d
}

func (d *disk) node(name string, folder bool, mode uint32) *node {
	d.nodes++
	return &node{id: d.nodes, name: name, mode: mode, time: time.Now(), folder: folder,
		entries: map[string]*node{}, durable: map[string]*node{}, dirty: map[int64]bool{}}
}

func (d *disk) mount(folder string) (*fuse.Server, error) {
	never := time.Duration(0)
	return fs.Mount(folder, &inode{disk: d, node: d.root}, &fs.Options{
		MountOptions: fuse.MountOptions{FsName: "powercut", DirectMount: true, MaxWrite: 1 << 20, DisableXAttrs: true,
			DisableSplice: true},
		EntryTimeout: &never, AttrTimeout: &never,
	})
}

func (d *disk) cutAfter(calls int, await string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.await, d.dead = calls, await, calls == 0
}

func (d *disk) isDead() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead
}

func (d *disk) failing(f fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = append(d.faults, f)
}

func (d *disk) heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = nil
}

// begin is the begin of every call that changes or syncs something. The caller holds the lock.
func (d *disk) begin(op, name string) syscall.Errno {
	if d.await != "" && op == "folder" && strings.Contains(name, d.await) {
		d.await = ""
	}
	if d.left > 0 && d.await == "" && !d.dead {
		d.left--
		d.dead = d.left == 0
	}
	if d.dead {
		return syscall.EIO
	}
	for _, f := range d.faults {
		if f.op == op && strings.Contains(name, f.name) {
			return f.errno
		}
	}
	return 0
}

func (d *disk) changed(c change) {
	for _, e := range c.removed {
		delete(e.in.entries, e.name)
	}
	for _, e := range c.added {
		e.in.entries[e.name] = e.of
		e.of.name = path.Join(e.in.name, e.name)
	}
	d.pending = append(d.pending, c)
}

func (c change) persist() {
	for _, e := range c.removed {
		delete(e.in.durable, e.name)
	}
	for _, e := range c.added {
		e.in.durable[e.name] = e.of
	}
}

func (c change) of(folder *node) bool {
	for _, e := range append(append([]entry{}, c.removed...), c.added...) {
		if e.in == folder {
			return true
		}
	}
	return false
}

// sync has a file or a folder on disk.
func (d *disk) sync(n *node) {
	if !n.folder {
		n.writeBack(len(n.data), func() bool { return true })
		clear(n.dirty)
	}
	var later []change
	for _, c := range d.pending {
		if !d.strict || c.of(n) {
			c.persist()
		} else {
			later = append(later, c)
		}
	}
	d.pending = later
}

// writeBack writes the dirty pages that are kept, to a file of that size. It returns how many were lost.
func (n *node) writeBack(size int, keep func() bool) (lost int) {
	grown := make([]byte, max(0, size-len(n.durableData)))
	n.durableData = append(n.durableData[:min(size, len(n.durableData))], grown...)
	for page := range n.dirty {
		from, to := page*pageSize, min((page+1)*pageSize, int64(size), int64(len(n.data)))
		if from >= to {
			continue
		}
		if !keep() {
			lost++
			continue
		}
		copy(n.durableData[from:to], n.data[from:to])
	}
	return lost
}

// lost counts what a cut has taken.
type lost struct {
	Changes int // of folders
	Pages   int
	Files   int // whose size is another one
}

// survive makes what is left after a cut, and heals everything.
func (d *disk) survive(keep float64) (l lost) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.chance.IntN(len(d.pending) + 1) // a journal keeps its begin
	for i, c := range d.pending {
		if d.strict && d.chance.Float64() < keep || !d.strict && keep > 0 && i < kept {
			c.persist()
		} else {
			l.Changes++
		}
	}
	d.pending = nil
	d.settle(d.root, keep, &l, map[*node]bool{})
	d.dead, d.left, d.faults = false, 0, nil
	return l
}

func (d *disk) settle(n *node, keep float64, l *lost, seen map[*node]bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	if n.folder {
		n.entries = map[string]*node{}
		for name, of := range n.durable {
			n.entries[name] = of
			d.settle(of, keep, l, seen)
		}
		return
	}
	size := len(n.durableData)
	if grown := len(n.data) - size; grown != 0 && d.chance.Float64() < keep {
		size += grown
		if grown > 0 && d.chance.IntN(2) == 0 {
			size -= d.chance.IntN(grown + 1)
		}
	}
	if size != len(n.data) {
		l.Files++
	}
	l.Pages += n.writeBack(size, func() bool { return d.chance.Float64() < keep })
	n.data = append([]byte(nil), n.durableData...)
	clear(n.dirty)
}

// resize makes a file shorter, or longer with zeros.
func (n *node) resize(size int64) {
	old := int64(len(n.data))
	n.data = append(n.data[:min(old, size)], make([]byte, max(0, size-old))...)
	for page := min(old, size) / pageSize; page*pageSize < max(size, 1); page++ {
		n.dirty[page] = true
	}
}

// write writes into a file.
func (n *node) write(data []byte, at int64) {
	end := at + int64(len(data))
	if have := int64(len(n.data)); end > have {
		n.data = append(n.data, make([]byte, end-have)...)
	}
	copy(n.data[at:], data)
	for page := at / pageSize; page*pageSize < end; page++ {
		n.dirty[page] = true
	}
	n.time = time.Now()
}
