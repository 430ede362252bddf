package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"accountd/events/durable"
	"accountd/events/eventlog"
	"accountd/events/seal"
)

// RotateMasterKey wraps the data keys of a service that does not run with another master key: the one in the file
// newKey, which is made where there is none. Without a newKey it makes a fresh key and puts it in the place of the old
// one, which then stands beside it under its fingerprint. It may be broken off anywhere, and is finished by calling it
// again.
func RotateMasterKey(ctx context.Context, c Config, newKey string, stderr io.Writer) (err error) {
	if err := c.Validate(); err != nil {
		return err
	}
	a := newApp(c, stderr, Hooks{})
	defer func() { err = errors.Join(err, a.close()) }()
	for _, step := range []func(context.Context) error{a.lock, a.startEngine} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return a.rotate(ctx, newKey)
}

func (a *app) rotate(ctx context.Context, newKey string) error {
	path, inPlace := newKey, newKey == ""
	if inPlace && a.config.MasterKey != "" {
		return errors.New("the master key is in no file: name the file of the new one with --new-key-file")
	}
	if inPlace {
		path = a.nextKeyPath()
	}
	old, err := a.currentKey()
	if err != nil {
		return err
	}
	next, err := a.nextKey(path)
	if err != nil {
		return err
	}
	blocks, err := eventlog.Rotate(ctx, eventlog.Rotation{Engine: a.engine.Load(), Old: old, New: next, Logger: a.log})
	if err != nil {
		return a.explained(err)
	}
	a.log.Info("the data keys are wrapped by the new master key; the old one is good for backups made before only",
		"blocks", blocks)
	if inPlace {
		return a.replaceKey(old, path)
	}
	a.log.Info("start the service with the new master key", "file", path)
	return nil
}

// nextKeyPath returns where the new key stands until it is in use.
func (a *app) nextKeyPath() string { return a.config.masterKeyPath() + ".new" }

func (a *app) currentKey() (*seal.Master, error) {
	if a.config.MasterKey != "" {
		return seal.ParseMaster(a.config.MasterKey.Reveal())
	}
	return seal.LoadMaster(a.config.masterKeyPath())
}

// nextKey reads the new key, or makes it: it is on disk before it wraps anything.
func (a *app) nextKey(path string) (*seal.Master, error) {
	next, err := seal.LoadMaster(path)
	if errors.Is(err, fs.ErrNotExist) {
		next, err = seal.CreateMaster(path)
	}
	return next, err
}

// replaceKey puts the new key in the place of the old one, and that beside it.
func (a *app) replaceKey(old *seal.Master, next string) error {
	path := a.config.masterKeyPath()
	kept := path + "." + old.Fingerprint()
	if err := durable.Create(kept, []byte(old.Text()+"\n")); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keeping the old master key: %w", err)
	}
	if err := durable.Move(next, path); err != nil {
		return fmt.Errorf("putting the new master key in its place: %w", err)
	}
	a.log.Info("replaced the master key; back it up, apart from the data", "file", path, "old", kept)
	return nil
}
