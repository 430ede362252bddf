package main

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// inode is what the kernel asks about a node.
type inode struct {
	fs.Inode
	disk *disk
	node *node
}

// handle is an open file.
type handle struct{ syncs, appends bool }

func newHandle(flags uint32) *handle {
	return &handle{syncs: flags&(syscall.O_SYNC|syscall.O_DSYNC) != 0, appends: flags&syscall.O_APPEND != 0}
}

// locked runs a call while nobody else does, unless the power is gone.
func (i *inode) locked(do func() syscall.Errno) syscall.Errno {
	i.disk.mu.Lock()
	defer i.disk.mu.Unlock()
	if i.disk.dead {
		return syscall.EIO
	}
	return do()
}

// changing runs a call that changes or syncs something.
func (i *inode) changing(op, name string, do func() syscall.Errno) syscall.Errno {
	return i.locked(func() syscall.Errno {
		if errno := i.disk.begin(op, name); errno != 0 {
			return errno
		}
		return do()
	})
}

func (n *node) attributes(out *fuse.Attr) {
	out.Ino, out.Mode, out.Size, out.Blksize, out.Nlink = n.id, n.mode|syscall.S_IFREG, uint64(len(n.data)), pageSize, 1
	if n.folder {
		out.Mode = n.mode | syscall.S_IFDIR
	}
	out.Blocks = (out.Size + 511) / 512
	out.SetTimes(nil, &n.time, &n.time)
}

func (i *inode) child(ctx context.Context, n *node, out *fuse.EntryOut) *fs.Inode {
	n.attributes(&out.Attr)
	return i.NewInode(ctx, &inode{disk: i.disk, node: n}, fs.StableAttr{Mode: out.Attr.Mode &^ 0o7777, Ino: n.id})
}

func (i *inode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return i.locked(func() syscall.Errno { i.node.attributes(&out.Attr); return 0 })
}

func (i *inode) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	return i.changing("write", i.node.name, func() syscall.Errno {
		if mode, ok := in.GetMode(); ok {
			i.node.mode = mode & 0o7777
		}
		if size, ok := in.GetSize(); ok {
			i.node.resize(int64(size))
		}
		i.node.attributes(&out.Attr)
		return 0
	})
}

func (i *inode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (found *fs.Inode, errno syscall.Errno) {
	errno = i.locked(func() syscall.Errno {
		n := i.node.entries[name]
		if n == nil {
			return syscall.ENOENT
		}
		found = i.child(ctx, n, out)
		return 0
	})
	return found, errno
}

func (i *inode) Readdir(context.Context) (stream fs.DirStream, errno syscall.Errno) {
	errno = i.locked(func() syscall.Errno {
		var out []fuse.DirEntry
		for name, n := range i.node.entries {
			out = append(out, fuse.DirEntry{Name: name, Ino: n.id})
		}
		stream = fs.NewListDirStream(out)
		return 0
	})
	return stream, errno
}

// add puts a new node into the folder.
func (i *inode) add(name string, folder bool, mode uint32) *node {
	n := i.disk.node(name, folder, mode&0o7777)
	i.disk.changed(change{added: []entry{{i.node, name, n}}})
	return n
}

func (i *inode) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (made *fs.Inode,
	errno syscall.Errno) {
	errno = i.changing("folder", i.node.name+"/"+name, func() syscall.Errno {
		if i.node.entries[name] != nil {
			return syscall.EEXIST
		}
		made = i.child(ctx, i.add(name, true, mode), out)
		return 0
	})
	return made, errno
}

func (i *inode) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (made *fs.Inode,
	h fs.FileHandle, _ uint32, _ syscall.Errno) {
	errno := i.changing("folder", i.node.name+"/"+name, func() syscall.Errno {
		n := i.node.entries[name]
		switch {
		case n == nil:
			n = i.add(name, false, mode)
		case flags&syscall.O_EXCL != 0:
			return syscall.EEXIST
		case flags&syscall.O_TRUNC != 0:
			n.resize(0)
		}
		made, h = i.child(ctx, n, out), newHandle(flags)
		return 0
	})
	return made, h, fuse.FOPEN_DIRECT_IO, errno
}

func (i *inode) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return newHandle(flags), fuse.FOPEN_DIRECT_IO, i.locked(func() syscall.Errno {
		if flags&syscall.O_TRUNC != 0 {
			i.node.resize(0)
		}
		return 0
	})
}

func (i *inode) Read(_ context.Context, _ fs.FileHandle, into []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	n := 0
	errno := i.locked(func() syscall.Errno {
		n = copy(into, i.node.data[min(at, int64(len(i.node.data))):])
		return 0
	})
	return fuse.ReadResultData(into[:n]), errno
}

func (i *inode) Write(_ context.Context, f fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	h := f.(*handle)
	return uint32(len(data)), i.changing("write", i.node.name, func() syscall.Errno {
		if h.appends {
			at = int64(len(i.node.data))
		}
		i.node.write(data, at)
		if !h.syncs {
			return 0
		}
		if errno := i.disk.begin("sync", i.node.name); errno != 0 {
			return errno
		}
		i.disk.sync(i.node)
		return 0
	})
}

func (i *inode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return i.changing("sync", i.node.name, func() syscall.Errno { i.disk.sync(i.node); return 0 })
}

func (i *inode) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

func (i *inode) remove(name string) syscall.Errno {
	return i.changing("folder", i.node.name+"/"+name, func() syscall.Errno {
		n := i.node.entries[name]
		if n == nil {
			return syscall.ENOENT
		}
		if n.folder && len(n.entries) > 0 {
			return syscall.ENOTEMPTY
		}
		i.disk.changed(change{removed: []entry{{i.node, name, n}}})
		return 0
	})
}

func (i *inode) Unlink(_ context.Context, name string) syscall.Errno { return i.remove(name) }
func (i *inode) Rmdir(_ context.Context, name string) syscall.Errno  { return i.remove(name) }

func (i *inode) Rename(_ context.Context, name string, to fs.InodeEmbedder, newName string, _ uint32) syscall.Errno {
	folder := to.(*inode).node
	return i.changing("folder", i.node.name+"/"+name, func() syscall.Errno {
		n := i.node.entries[name]
		if n == nil {
			return syscall.ENOENT
		}
		i.disk.changed(change{removed: []entry{{i.node, name, n}}, added: []entry{{folder, newName, n}}})
		return 0
	})
}

func (i *inode) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (made *fs.Inode,
	errno syscall.Errno) {
	n := target.(*inode).node
	errno = i.changing("folder", i.node.name+"/"+name, func() syscall.Errno {
		if i.node.entries[name] != nil {
			return syscall.EEXIST
		}
		i.disk.changed(change{added: []entry{{i.node, name, n}}})
		made = i.child(ctx, n, out)
		return 0
	})
	return made, errno
}

func (i *inode) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Frsize, out.NameLen = pageSize, pageSize, 255
	out.Blocks, out.Bfree, out.Bavail, out.Files, out.Ffree = 4<<20, 4<<20, 4<<20, 1<<20, 1<<20
	return 0
}
