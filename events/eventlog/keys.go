package eventlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"accountd/events"
	"accountd/events/engine"
	"accountd/events/seal"

	"github.com/nats-io/nats.go"
)

// settleFor is how long a block of keys that a new leader does not know yet is asked for.
const settleFor = 5 * time.Second

// blockSubjects matches the subject of every block of keys; blockPrefix starts it.
const (
	blockPrefix   = "account_keys."
	blockSubjects = blockPrefix + ">"
)

func blockSubject(id uint64) string { return fmt.Sprintf("%s%016x", blockPrefix, id) }

func parseBlockSubject(subject string) (uint64, error) {
	hex, ok := strings.CutPrefix(subject, blockPrefix)
	id, err := strconv.ParseUint(hex, 16, 64)
	if !ok || err != nil || len(hex) != 16 {
		return 0, fmt.Errorf("%w: subject %q", errBlock, subject)
	}
	return id, nil
}

// keyring holds all data keys that this instance has seen, in clear. It is safe for concurrent use.
type keyring struct {
	engine *engine.Engine
	master *seal.Master
	log    *slog.Logger

	mu     sync.RWMutex
	blocks map[uint64]*keyBlock
}

func newKeyring(o Options) *keyring {
	return &keyring{engine: o.Engine, master: o.Master, log: o.Logger, blocks: make(map[uint64]*keyBlock)}
}

// get returns a data key. It returns [ErrKeyGone] for a destroyed key and [ErrLostKeys] when its block is missing. A
// block that another instance wrote is fetched first; an engine that cannot answer at the moment is asked again until
// ctx ends.
func (k *keyring) get(ctx context.Context, id events.KeyID) (seal.DataKey, error) {
	if key, known, err := k.known(id); known {
		return key, err
	}
	start := time.Now()
	err := retry(ctx, func() error {
		err := k.fetch(ctx, id.Block)
		// A block is stored before any of its keys is used; but a new leader may need a moment to know it.
		if errors.Is(err, errNoMessage) && (k.engine.Embedded() || time.Since(start) > settleFor) {
			err = permanent{fmt.Errorf("%w: block %016x", ErrLostKeys, id.Block)}
		}
		return err
	})
	if err != nil {
		return seal.DataKey{}, err
	}
	key, _, err := k.known(id)
	return key, err
}

// known is get for a block that is in memory.
func (k *keyring) known(id events.KeyID) (key seal.DataKey, known bool, err error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	block := k.blocks[id.Block]
	if block == nil {
		return key, false, nil
	}
	if int(id.Index) >= blockKeys || !block.present[id.Index] {
		return key, true, fmt.Errorf("%w: %s", ErrKeyGone, id)
	}
	return block.keys[id.Index], true, nil
}

func (k *keyring) fetch(ctx context.Context, block uint64) error {
	got, err := sureGet(ctx, k.engine, KeyStream, messageQuery{LastFor: blockSubject(block)})
	if err != nil {
		return err
	}
	if _, err := k.add(got.msg); err != nil {
		return permanent{err}
	}
	return nil
}

// add takes a message of the key stream into memory, in place of an older one, and returns its block's id.
func (k *keyring) add(msg *nats.Msg) (uint64, error) {
	id, err := parseBlockSubject(msg.Subject)
	if err != nil {
		return 0, err
	}
	block, err := wrappedBlock(msg.Data).unwrap(id, k.master)
	if err != nil {
		return 0, fmt.Errorf("reading block %016x: %w", id, err)
	}
	k.put(id, block)
	return id, nil
}

func (k *keyring) put(id uint64, block *keyBlock) {
	k.mu.Lock()
	defer k.mu.Unlock()
	// What was destroyed stays destroyed, even when an older state of the block comes late.
	if old := k.blocks[id]; old != nil {
		for i, present := range old.present {
			if !present {
				block.drop(uint16(i))
			}
		}
	}
	k.blocks[id] = block
}

// forget drops a key from memory.
func (k *keyring) forget(id events.KeyID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if block := k.blocks[id.Block]; block != nil {
		block.drop(id.Index)
	}
}

func (b *keyBlock) drop(index uint16) {
	if int(index) < blockKeys {
		b.keys[index], b.present[index] = seal.DataKey{}, false
	}
}

// load reads all blocks of the stream. It returns the messages that a newer one of their block replaced.
func (k *keyring) load(ctx context.Context) (replaced []uint64, err error) {
	last, err := patiently(ctx, func(ctx context.Context) (storedMessage, error) {
		return sureGet(ctx, k.engine, KeyStream, messageQuery{LastFor: blockSubjects})
	})
	if errors.Is(err, errNoMessage) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	newest := make(map[string]uint64) // sequence by the block's subject
	r := reader{engine: k.engine, stream: KeyStream, next: 1, until: last.sequence, pull: 64, log: k.log}
	unwrapping := newAdder(k)
	err = r.read(ctx, func(batch []placedMsg) error {
		for _, m := range batch {
			unwrapping.add(m.msg)
			if older, ok := newest[m.msg.Subject]; ok {
				replaced = append(replaced, older)
			}
			newest[m.msg.Subject] = m.sequence
		}
		return nil
	})
	return replaced, cmp.Or(unwrapping.wait(), err)
}

// adder adds blocks to a keyring on all processors.
type adder struct {
	keys  *keyring
	slots chan struct{}
	work  sync.WaitGroup
	once  sync.Once
	err   error // the first one, when work has ended
}

func newAdder(k *keyring) *adder {
	return &adder{keys: k, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

func (a *adder) add(msg *nats.Msg) {
	a.slots <- struct{}{}
	a.work.Go(func() {
		defer func() { <-a.slots }()
		if _, err := a.keys.add(msg); err != nil {
			a.once.Do(func() { a.err = err })
		}
	})
}

func (a *adder) wait() error {
	a.work.Wait()
	return a.err
}

// empty reports whether there is no key at all.
func (k *keyring) empty() bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return len(k.blocks) == 0
}
