package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"accountd/events/engine"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

// storeDir returns the folder of the embedded server's store.
func (a *app) storeDir() string { return filepath.Join(a.config.Data, engine.StoreName) }

// masterKey returns the key of the log. It makes a fresh one only where neither a key nor a log is.
func (a *app) masterKey(ctx context.Context, e *engine.Engine) (*seal.Master, error) {
	if a.config.MasterKey != "" {
		return seal.ParseMaster(a.config.MasterKey.Reveal())
	}
	path := a.config.masterKeyPath()
	master, err := seal.LoadMaster(path)
	if err == nil {
		a.warnIfReadable(path)
		return master, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	exists, err := eventlog.Exists(ctx, e)
	if err != nil {
		return nil, err
	}
	if exists {
		return nil, fmt.Errorf("there is a log but no master key at %s: without the key nothing can be read; "+
			"put the key back, nothing was changed", path)
	}
	master, err = seal.CreateMaster(path)
	if err != nil {
		return nil, err
	}
	a.log.Info("made the master key; back it up, apart from the data: without it nothing can be read", "file", path)
	return master, nil
}

func (a *app) warnIfReadable(path string) {
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		a.log.Warn("others may read the master key", "file", path, "mode", info.Mode().Perm().String())
	}
}

// rotating reports whether a new master key waits for being put in its place.
func (a *app) rotating() bool {
	_, err := os.Stat(a.nextKeyPath())
	return a.config.MasterKey == "" && err == nil
}

// explained adds what to do about a log that cannot be opened.
func (a *app) explained(err error) error {
	switch {
	case errors.Is(err, eventlog.ErrWrongKey) && a.rotating():
		return fmt.Errorf("%w: a rotation of the master key was begun; finish it with accountd rotate-master-key", err)
	case errors.Is(err, eventlog.ErrClock):
		return fmt.Errorf("%w: set the clock right, or start with --clock-check=off if it is; nothing was changed", err)
	case errors.Is(err, eventlog.ErrWrongKey):
		return fmt.Errorf("%w: put back the key that the log was begun with; nothing was changed", err)
	case errors.As(err, new(eventlog.GapError)), errors.As(err, new(eventlog.ChainError)),
		errors.Is(err, eventlog.ErrUnreadable):
		return fmt.Errorf("%w: the store is damaged there; restore it from a backup; nothing was changed, and "+
			"accountctl audit verify "+
			"--data tells what is whole", err)
	case errors.Is(err, eventlog.ErrLostKeys), errors.Is(err, eventlog.ErrLostStream),
		errors.Is(err, eventlog.ErrHalfCommand):
		return fmt.Errorf("%w: restore the store from a backup; nothing was changed", err)
	}
	return err
}
