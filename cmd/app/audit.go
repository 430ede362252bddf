package app

import (
	"bytes"
	"context"
	"path/filepath"

	"accountd/events/audit"
	"accountd/events/eventlog"
	"accountd/http/auditlog"
	"accountd/http/native"
	"accountd/http/rest"
)

// openTree opens the Merkle tree of the log, and makes it anew when it does not agree with the log.
func (a *app) openTree(ctx context.Context) (err error) {
	if a.tree, err = audit.OpenTree(filepath.Join(a.config.Data, "audit.tree")); err != nil {
		return err
	}
	a.onClose(a.tree.Close)
	same, err := a.treeAgrees(ctx)
	if err != nil {
		return err
	}
	if !same {
		a.log.Info("making the log's Merkle tree anew")
		if err := a.tree.Reset(); err != nil {
			return err
		}
	}
	last, err := a.history.Last(ctx)
	if err != nil {
		return err
	}
	position := a.service.View.Position()
	if last > min(a.tree.Size(), position)+checkpointWorth {
		collectGarbage() // what is read now is garbage soon
	}
	return a.tree.CatchUp(ctx, a.history, position)
}

// treeAgrees reports whether the tree ends with a record of the log, and has the root that was kept.
func (a *app) treeAgrees(ctx context.Context) (bool, error) {
	size := a.tree.Size()
	last, err := a.history.Last(ctx)
	if err != nil || size > last {
		return false, err
	}
	if n := a.seen.Head.Sequence; n <= size && len(a.seen.Root) > 0 {
		if root, err := a.tree.Root(n); err != nil || !bytes.Equal(root[:], a.seen.Root) {
			return false, err
		}
	}
	same := true
	err = a.history.ReadStored(ctx, max(size, 1)-1, size, func(s eventlog.Stored) error {
		chain, err := s.Claimed()
		leaf, err2 := a.tree.Leaf(size)
		same = err == nil && err2 == nil && leaf == audit.Leaf(chain)
		return nil
	})
	return same, err
}

// mountAudit makes what proves the log to outsiders.
func (a *app) mountAudit(ctx context.Context) error {
	signer, err := audit.SignerOf(ctx, a.history)
	if err != nil {
		return err
	}
	a.audit.Set(auditlog.New(auditlog.Options{Service: a.service, Log: a.history, Tree: a.tree, Signer: signer, Problem: native.Problem,
		Authenticated: func(h auditlog.Handler) rest.Handler { return native.Authenticated(a.service, native.Options{}, h) }}))
	return nil
}
