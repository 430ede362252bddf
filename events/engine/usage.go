package engine

import (
	"context"
	"fmt"
)

// Usage is how full the store is, in bytes. What is negative is not known: of a cluster, its disks.
type Usage struct {
	Used  int64 // by all streams, on each server that has a copy
	Limit int64 // of them together
	Free  int64 // on the disk
}

// Store asks how full the store is.
func (e *Engine) Store(ctx context.Context) (Usage, error) {
	info, err := e.js.AccountInfo(ctx)
	if err != nil {
		return Usage{}, fmt.Errorf("asking how full the store is: %w", err)
	}
	u := Usage{Used: int64(info.Store), Limit: info.Limits.MaxStore, Free: -1}
	if e.server == nil {
		return u, nil
	}
	if config := e.server.JetStreamConfig(); config != nil {
		u.Limit = config.MaxStore
	}
	if free, ok := freeBytes(e.store); ok {
		u.Free = free
	}
	return u, nil
}
