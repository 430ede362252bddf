package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"accountd/events/durable"
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

// checkRoot looks whether the tree has the root that was kept. The chain was found whole up to the kept place by then,
// so that the log is the one of the last run: another root means that a wrong one was kept, which a signed checkpoint
// may have, too.
func (a *app) checkRoot(ctx context.Context) error {
	if len(a.seen.Root) == 0 {
		return nil
	}
	if err := a.tree.Wait(ctx, a.seen.Head.Sequence); err != nil {
		return err
	}
	root, err := a.tree.Root(a.seen.Head.Sequence)
	if err != nil {
		return err
	}
	if !bytes.Equal(root[:], a.seen.Root) {
		a.log.Warn("the root that was kept of the log's Merkle tree is wrong: log and chain are whole, and the tree "+
			"was made anew from them; "+
			"a checkpoint that was signed before, of so many records, may not fit", "records", a.seen.Head.Sequence)
		a.seen.Root = nil
	}
	return nil
}

// unanchored says what to do about a log that differs.
func (a *app) unanchored(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: restore the store from a backup, or remove %s to accept the log as it is", err,
		a.anchorPath())
}

// treeTimeout bounds how long the place to be kept waits for the tree, which is a moment behind the view.
const treeTimeout = 5 * time.Second

// saveAnchor keeps the newest place in the log.
func (a *app) saveAnchor() error {
	anchor := eventlog.Anchor{Head: a.service.View.Head()}
	if anchor.Head.Sequence == a.seen.Head.Sequence && len(a.seen.Root) > 0 {
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

// secure has on disk what the next start relies on, before anybody is told that the service is ready: the names of the
// files, and the place in the log. A disk that is full is no reason not to answer.
func (a *app) secure(context.Context) error {
	err := durable.SyncFolders(a.config.Data)
	if err == nil && a.placeHolds() {
		err = a.saveAnchor()
	}
	if err != nil {
		a.log.Error("the log's place could not be stored", "error", err)
	}
	return nil
}

// placeHolds reports whether what the log holds is on disk: without syncs a power cut may take it back, so that only a
// clean end stores the place.
func (a *app) placeHolds() bool { return a.config.NATS != "" || a.config.Sync == syncAlways }
