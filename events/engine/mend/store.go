package mend

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// Report says what a start should know of the store.
type Report struct {
	// Compressing names the streams whose configuration asks for compression. A server goes by what it found when it
	// opened a stream, so it has to be started again once that was changed.
	Compressing []string
}

// Store mends the store in that folder, of which no server may be running. A folder that is not there is a store that
// is still to be made. What is left of a stream that is derived from others is removed when the server could not open
// it for want of a description. It returns [ErrBlock] for a block that cannot be mended: then the server must not be
// started.
func Store(dir string, log *slog.Logger, derived ...string) (Report, error) {
	m := mender{log: log, derived: derived}
	jetstream := filepath.Join(dir, server.JetStreamStoreDir)
	if err := sweep(jetstream); err != nil {
		return m.report, err
	}
	streams, err := filepath.Glob(filepath.Join(jetstream, "*", "streams", "*"))
	if err != nil {
		return m.report, fmt.Errorf("looking into the store: %w", err)
	}
	for _, folder := range streams {
		if strings.HasPrefix(filepath.Base(folder), ".") {
			continue // it is being deleted
		}
		if err := m.stream(folder); err != nil {
			return m.report, fmt.Errorf("mending the stream %s: %w", filepath.Base(folder), err)
		}
	}
	return m.report, nil
}

// sweep removes what a server that was killed in its start leaves behind: an empty file by which it tries whether it
// can write. The next server would take it for an account that it does not know, and be unhealthy for ever.
func sweep(jetstream string) error {
	tried, err := filepath.Glob(filepath.Join(jetstream, "_test_*"))
	if err != nil {
		return fmt.Errorf("looking into the store: %w", err)
	}
	for _, path := range tried {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Size() > 0 {
			continue // it is something else
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("cleaning the store: %w", err)
		}
	}
	return nil
}

type mender struct {
	log     *slog.Logger
	derived []string // streams that are made anew from others
	report  Report
}

func (m *mender) stream(folder string) error {
	blocks, err := blocksOf(folder)
	if err != nil {
		return err
	}
	there, err := m.meta(folder, filepath.Base(folder))
	if err != nil {
		return err
	}
	if !there && slices.Contains(m.derived, filepath.Base(folder)) {
		m.log.Warn("removing what is left of a stream that was being deleted", "stream", filepath.Base(folder))
		return os.RemoveAll(folder)
	}
	if !there {
		return m.removeShell(folder, blocks)
	}
	if err := m.consumers(folder); err != nil {
		return err
	}
	if err := m.compressing(folder); err != nil {
		return err
	}
	if err := m.blocks(folder, blocks); err != nil {
		return err
	}
	return m.overwriting(folder)
}

// removeShell removes the folder of a stream that was never made; one that has messages is left to be looked at by a
// person.
func (m *mender) removeShell(folder string, blocks []block) error {
	for _, b := range blocks {
		if info, err := os.Stat(b.path); err != nil || info.Size() > 0 {
			return err
		}
	}
	m.log.Warn("removing what is left of a stream that was being made", "stream", filepath.Base(folder))
	return os.RemoveAll(folder)
}

func (m *mender) compressing(folder string) error {
	content, err := os.ReadFile(filepath.Join(folder, server.JetStreamMetaFile))
	if err != nil {
		return err
	}
	var config struct {
		Compression string `json:"compression"`
	}
	// What cannot be read is refused by the server.
	if json.Unmarshal(content, &config) == nil && config.Compression != "" && config.Compression != "none" {
		m.report.Compressing = append(m.report.Compressing, filepath.Base(folder))
	}
	return nil
}

// block is a file of a stream's messages.
type block struct {
	path   string
	stream string
	number int
}

// blocksOf returns a stream's blocks in order.
func blocksOf(folder string) ([]block, error) {
	entries, err := os.ReadDir(filepath.Join(folder, "msgs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var out []block
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".blk")
		number, err := strconv.Atoi(name)
		if ok && err == nil && e.Type().IsRegular() {
			out = append(out, block{filepath.Join(folder, "msgs", e.Name()), filepath.Base(folder), number})
		}
	}
	slices.SortFunc(out, func(a, b block) int { return cmp.Compare(a.number, b.number) })
	return out, nil
}

// blocks mends every compressed block that has records behind it, and the compressed ones with which the stream ends or
// would end once the server has thrown away the empty and torn ones behind them.
func (m *mender) blocks(folder string, blocks []block) error {
	end := true
	for _, b := range slices.Backward(blocks) {
		kind, err := b.kind()
		if err != nil {
			return err
		}
		if kind == mixed || kind == compressed && end {
			if err := m.rewrite(folder, b, kind); err != nil {
				return err
			}
			end = false
		}
		if kind == plain && end {
			if end, err = b.empty(); err != nil {
				return err
			}
		}
	}
	return nil
}
