package mailer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"accountd/events/engine"
)

// Bucket is the name of the key-value bucket that says what became of mails.
const Bucket = "ACCOUNT_MAIL"

const (
	settledFor  = 7 * 24 * time.Hour // that it is known of a mail that it needs no sending any more
	markFor     = time.Minute        // that the mark of a removed key stays
	ledgerFor   = 5 * time.Second    // of one read or write
	claimPrefix = "mail."
)

// The values of a claim.
const (
	claimed = "sending"
	settled = "settled"
)

// errClaimed is returned by ledger.claim for a mail that somebody is sending.
var errClaimed = errors.New("somebody is sending this mail")

// errSettled is returned by ledger.claim for a mail that needs no sending any more.
var errSettled = errors.New("this mail is settled")

// ledger is the bucket.
type ledger struct {
	kv       jetstream.KeyValue
	js       jetstream.JetStream
	claimFor time.Duration // after which a claim whose instance died ends
}

func openLedger(ctx context.Context, e *engine.Engine, claimFor time.Duration) (ledger, error) {
	kv, err := e.OpenBucket(ctx, engine.Bucket{Name: Bucket, Description: "what became of mails"})
	return ledger{kv: kv, js: e.JetStream(), claimFor: claimFor}, err
}

// claim makes the mail this instance's to send. It returns errClaimed or errSettled.
func (l ledger) claim(ctx context.Context, event uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	key := claimPrefix + event.String()
	_, err := l.kv.Create(ctx, key, []byte(claimed), jetstream.KeyTTL(l.claimFor))
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return failure("claiming a mail", err)
	}
	entry, err := l.kv.Get(ctx, key)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound): // it has just ended
		return errClaimed
	case err != nil:
		return failure("claiming a mail", err)
	case string(entry.Value()) == settled:
		return errSettled
	}
	return errClaimed
}

// settle notes that the mail needs no sending any more.
func (l ledger) settle(ctx context.Context, event uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	_, err := l.js.PublishMsg(ctx, &nats.Msg{Subject: "$KV." + Bucket + "." + claimPrefix + event.String(),
		Data: []byte(settled)}, jetstream.WithMsgTTL(settledFor))
	return failure("noting a mail", err)
}

// release ends a claim, so that the mail can be tried again.
func (l ledger) release(ctx context.Context, event uuid.UUID) error {
	return l.remove(ctx, claimPrefix+event.String())
}

func (l ledger) remove(ctx context.Context, key string, options ...jetstream.KVDeleteOpt) error {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	return failure("removing a note", l.kv.Purge(ctx, key, append(options, jetstream.PurgeTTL(markFor))...))
}

func failure(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
