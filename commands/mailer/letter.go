package mailer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
)

const letterPrefix = "letter."

// Letter is a mail that could not be sent, without anything about a person.
type Letter struct {
	ID       uuid.UUID `json:"id"` // of the event that made the mail due
	Sequence uint64    `json:"sequence"`
	Mail     string    `json:"mail"` // its kind
	User     uuid.UUID `json:"user"`
	Reason   string    `json:"reason"`             // why it was not sent, in snake_case
	Code     int       `json:"code,omitempty"`     // the mail server's reply, 0 for none
	Extended string    `json:"extended,omitempty"` // the server's extended code, such as 5.1.1
	Attempts int       `json:"attempts"`
	At       time.Time `json:"at"`            // of the last attempt
	Busy     time.Time `json:"busy,omitzero"` // until then somebody sends it again
	revision uint64
}

// put stores a Letter in place of what is known of it, whatever that is.
func (l ledger) put(ctx context.Context, letter Letter) error {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	_, err := l.kv.Put(ctx, letterPrefix+letter.ID.String(), encoded(letter))
	return failure("keeping a letter", err)
}

// replace stores a Letter in place of the one that was read. It returns errClaimed when that has changed.
func (l ledger) replace(ctx context.Context, letter Letter) (Letter, error) {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	revision, err := l.kv.Update(ctx, letterPrefix+letter.ID.String(), encoded(letter), letter.revision)
	if errors.Is(err, jetstream.ErrKeyExists) {
		return letter, errClaimed
	}
	letter.revision = revision
	return letter, failure("keeping a letter", err)
}

func encoded(letter Letter) []byte {
	b, _ := json.Marshal(letter) // its members cannot fail
	return b
}

// letter returns the Letter of that id, and false when there is none.
func (l ledger) letter(ctx context.Context, id uuid.UUID) (Letter, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	entry, err := l.kv.Get(ctx, letterPrefix+id.String())
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Letter{}, false, nil
	}
	if err != nil {
		return Letter{}, false, failure("reading a letter", err)
	}
	letter, err := decoded(entry)
	return letter, err == nil, err
}

func decoded(entry jetstream.KeyValueEntry) (Letter, error) {
	var letter Letter
	if err := json.Unmarshal(entry.Value(), &letter); err != nil {
		return Letter{}, fmt.Errorf("reading a letter: %w", err)
	}
	letter.revision = entry.Revision()
	return letter, nil
}

// letters returns all Letters, in the order in which their mails became due.
func (l ledger) letters(ctx context.Context) ([]Letter, error) {
	ctx, cancel := context.WithTimeout(ctx, ledgerFor)
	defer cancel()
	watch, err := l.kv.Watch(ctx, letterPrefix+">", jetstream.IgnoreDeletes())
	if err != nil {
		return nil, failure("reading the letters", err)
	}
	defer func() { _ = watch.Stop() }()
	var out []Letter
	for entry := range watch.Updates() {
		if entry == nil { // that was all there is now
			slices.SortFunc(out, func(a, b Letter) int { return int(a.Sequence) - int(b.Sequence) })
			return out, nil
		}
		letter, err := decoded(entry)
		if err != nil {
			return nil, err
		}
		out = append(out, letter)
	}
	return nil, failure("reading the letters", context.Cause(ctx))
}

func (l Letter) with(f *failed) Letter {
	l.Reason, l.Code, l.Extended = f.reason, f.code, f.extended
	return l
}
