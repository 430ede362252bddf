package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"accountd/events/eventlog"
)

// anchorPath returns where the newest place in the log is kept that this instance has seen.
func (a *app) anchorPath() string { return filepath.Join(a.config.Data, "checkpoint.json") }

// checkAnchor refuses a log that is not the one of the last run, or lacks its end.
func (a *app) checkAnchor(ctx context.Context) error {
	head, err := eventlog.LoadAnchor(a.anchorPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = a.history.Verify(ctx, head)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%w: restore the store from a backup, or remove %s to accept the log as it is", err, a.anchorPath())
}

// saveAnchor keeps the newest place in the log.
func (a *app) saveAnchor() error {
	head := a.service.View.Head()
	if head.Sequence == a.anchor {
		return nil
	}
	if err := eventlog.SaveAnchor(a.anchorPath(), head); err != nil {
		return err
	}
	a.anchor = head.Sequence
	return nil
}
