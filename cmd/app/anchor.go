package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"accountd/events/eventlog"
)

// anchorPath returns where the newest place in the log is kept that this instance has seen.
func (a *app) anchorPath() string { return filepath.Join(a.config.Data, "checkpoint.json") }

// checkAnchor refuses a log that is not the one of the last run, or lacks its end.
func (a *app) checkAnchor(ctx context.Context) error {
	anchor, err := eventlog.LoadAnchor(a.anchorPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = a.history.Verify(ctx, anchor.Head)
	}
	if err != nil {
		return a.unanchored(ctx, err)
	}
	a.seen = anchor
	return nil
}

// checkRoot refuses a log of which the Merkle tree is not the one that grew in the last run.
func (a *app) checkRoot(ctx context.Context) error {
	if len(a.seen.Root) == 0 {
		return nil
	}
	if err := a.tree.Wait(ctx, a.seen.Head.Sequence); err != nil {
		return err
	}
	root, err := a.tree.Root(a.seen.Head.Sequence)
	if err == nil && !bytes.Equal(root[:], a.seen.Root) {
		err = fmt.Errorf("%w: the first %d records have another root", eventlog.ErrLogDiffers, a.seen.Head.Sequence)
	}
	return a.unanchored(ctx, err)
}

// unanchored says what to do about a log that differs.
func (a *app) unanchored(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: restore the store from a backup, or remove %s to accept the log as it is", err, a.anchorPath())
}

// treeTimeout bounds how long the place to be kept waits for the tree, which is a moment behind the view.
const treeTimeout = 5 * time.Second

// saveAnchor keeps the newest place in the log.
func (a *app) saveAnchor() error {
	anchor := eventlog.Anchor{Head: a.service.View.Head()}
	if anchor.Head.Sequence == a.seen.Head.Sequence {
		return nil
	}
	root, err := a.rootOf(anchor.Head.Sequence)
	if err != nil {
		a.log.Warn("the log's place is kept without its tree's root", "error", err)
	}
	anchor.Root = root
	if err := eventlog.SaveAnchor(a.anchorPath(), anchor); err != nil {
		return err
	}
	a.seen = anchor
	return nil
}

// rootOf returns the root of so many records, once the tree that it is of is on disk.
func (a *app) rootOf(size uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), treeTimeout)
	defer cancel()
	if err := a.tree.Wait(ctx, size); err != nil {
		return nil, err
	}
	root, err := a.tree.Root(size)
	return root[:], errors.Join(err, a.tree.Sync())
}
