package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"accountd/commands/erasure"
	"accountd/events"
	"accountd/projections/checkpoint"
)

const (
	checkpointEvery = 15 * time.Minute
	// checkpointWorth is how many records are worth a checkpoint: fewer are read in less time than it takes.
	checkpointWorth = 10_000
	// checkpointTimeout bounds what the end of the service waits for the data key of a checkpoint.
	checkpointTimeout = 20 * time.Second
)

// restore gives the view what the checkpoint has, so that only the rest of the log is to be read. It comes before
// whatever begins where the view stands. A checkpoint that cannot be trusted is as good as none.
func (a *app) restore(ctx context.Context) error {
	program, err := thisProgram()
	if err != nil {
		a.log.Warn("the view has no checkpoints", "error", err)
		return nil
	}
	file := checkpoint.New(filepath.Join(a.config.Data, "view.checkpoint"), program, a.history)
	start := time.Now()
	err = a.load(ctx, file)
	if err != nil {
		collectGarbage()
	}
	switch {
	case ctx.Err() != nil:
		return err
	case err == nil:
		a.log.Info("loaded the view's checkpoint", "position", a.service.View.Position(), "took", time.Since(start))
	case !errors.Is(err, fs.ErrNotExist):
		a.log.Info("the view's checkpoint is of no use: reading the whole log", "reason", err)
	}
	a.saved = file
	a.keepCheckpoint()
	return nil
}

// load gives the view what the file has. Nothing is collected until the service is ready, or much of the log is to be
// read, unless GOGC says something else or GOMEMLIMIT is reached: what is loaded is kept, and to look at it again and
// again as it grows would take longer than to load it.
func (a *app) load(ctx context.Context, file *checkpoint.File) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(-1)
	}
	a.onClose(func() error { collectGarbage(); return nil })
	return file.Load(ctx, a.service.View)
}

// collectGarbage lets garbage be collected again.
func collectGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(100)
	}
}

// thisProgram tells this build of the program from every other.
func thisProgram() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("looking for this program: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// keepCheckpoint writes the checkpoint at intervals and when the service ends, and drops it when a person is erased.
func (a *app) keepCheckpoint() {
	ctx, stop := context.WithCancel(context.Background())
	erased := make(erasures, 1)
	a.service.View.Observe(erased)
	done := make(chan struct{})
	go func() {
		defer close(done)
		every := time.NewTicker(checkpointEvery)
		defer every.Stop()
		for {
			select {
			case <-every.C:
				a.saveCheckpoint(ctx)
			case <-erased:
				a.dropCheckpoint(ctx)
			case <-ctx.Done():
				return
			}
		}
	}()
	a.onClose(func() error {
		stop()
		<-done
		ctx, cancel := context.WithTimeout(context.Background(), checkpointTimeout)
		defer cancel()
		if len(erased) > 0 {
			a.dropCheckpoint(ctx)
		}
		a.saveCheckpoint(ctx)
		return nil
	})
}

func (a *app) saveCheckpoint(ctx context.Context) {
	if a.service.Snapshot() == nil || a.saved.Behind(a.service.View) < checkpointWorth {
		return
	}
	start := time.Now()
	if err := a.saved.Save(ctx, a.service.View); err != nil {
		a.log.Warn("the view's checkpoint could not be written", "error", err)
		return
	}
	a.log.Info("wrote the view's checkpoint", "position", a.service.View.Position(), "took", time.Since(start))
}

// dropCheckpoint fails only with the engine; the next start reads of the erasure again, or the next checkpoint replaces
// it.
func (a *app) dropCheckpoint(ctx context.Context) {
	if err := a.saved.Drop(ctx); err != nil {
		a.log.Error("the view's checkpoint still has a person who was erased", "error", err)
	}
}

// checkpointPurge lets an erasure wait until the person is in no checkpoint of this instance.
func (a *app) checkpointPurge() erasure.Purge {
	return erasure.Purge{Name: "the view's checkpoint", Do: func(ctx context.Context, _ uuid.UUID) error {
		if a.saved == nil {
			return nil
		}
		return a.saved.Drop(ctx)
	}}
}

// erasures has something in it when a person was erased of late, by whichever instance.
type erasures chan struct{}

// Begin has nothing to note.
func (e erasures) Begin(uint64) {}

// Applied notes an erasure.
func (e erasures) Applied(records []events.Record) {
	for _, r := range records {
		if r.Type == (events.UserErased{}).Type() {
			select {
			case e <- struct{}{}:
			default:
			}
			return
		}
	}
}
