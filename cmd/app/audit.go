package app

import (
	"context"
	"path/filepath"

	"accountd/events/audit"
	"accountd/http/auditlog"
	"accountd/http/native"
	"accountd/http/rest"
)

// openTree opens the Merkle tree of the log. It is believed as far as the last run kept its root.
func (a *app) openTree(ctx context.Context) (err error) {
	seen := a.seen.Head.Sequence
	if a.tree, err = audit.OpenTree(filepath.Join(a.config.Data, "audit.tree"), seen, a.seen.Root); err != nil {
		return err
	}
	a.onClose(a.tree.Close)
	a.keepTree()
	if seen > 0 && a.tree.Size() == 0 {
		a.log.Info("making the log's Merkle tree anew")
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

// keepTree makes the tree anew whenever its file fails, in the background, until the service ends.
func (a *app) keepTree() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.tree.Keep(ctx, a.history, func(err error) {
			a.log.Warn("the log's Merkle tree is made anew; until then nothing is proved", "error", err)
		})
	}()
	a.onClose(func() error { stop(); <-done; return nil })
}

// mountAudit makes what proves the log to outsiders.
func (a *app) mountAudit(ctx context.Context) error {
	signer, err := audit.SignerOf(ctx, a.history)
	if err != nil {
		return err
	}
	a.audit.Set(auditlog.New(auditlog.Options{View: a.service.View, Log: a.history, Tree: a.tree, Signer: signer,
		Problem: native.Problem,
		Authenticated: func(h auditlog.Handler) rest.Handler {
			return native.Authenticated(a.service, native.Options{},
				h)
		}}))
	return nil
}
