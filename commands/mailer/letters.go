package mailer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"accountd/commands"
)

// Letters returns the mails that could not be sent, in the order in which they became due; see commands.MayReadUsers
// for who may see them.
func (m *Mailer) Letters(ctx context.Context) ([]Letter, error) {
	if m == nil {
		return nil, nil
	}
	return m.ledger.letters(ctx)
}

// SendAgain sends a Letter now, and drops it when the mail server has taken the mail or there is nobody any more to
// send it to. It returns a [*commands.Refusal]: NotFound (mail_not_found), or Conflict (mail_busy while somebody does
// the same, mail_not_sent when it failed once more).
func (m *Mailer) SendAgain(ctx context.Context, id uuid.UUID) error {
	letter, err := m.Letter(ctx, id)
	if err != nil {
		return err
	}
	if letter, err = m.hold(ctx, letter); err != nil {
		return err
	}
	failure, err := m.again(ctx, letter)
	if err != nil {
		return err
	}
	if failure == nil {
		return m.ledger.remove(ctx, letterPrefix+id.String())
	}
	letter.Attempts, letter.At, letter.Busy = letter.Attempts+1, m.Now().UTC(), time.Time{}
	if _, err := m.ledger.replace(ctx, letter.with(failure)); err != nil {
		return err
	}
	return &commands.Refusal{Kind: commands.Conflict, Reason: "mail_not_sent", Detail: "The mail could not be sent: " +
		failure.Error() + "."}
}

// hold keeps others from sending the Letter, for a while.
func (m *Mailer) hold(ctx context.Context, letter Letter) (Letter, error) {
	busy := &commands.Refusal{Kind: commands.Conflict, Reason: "mail_busy", Detail: "This mail is being sent."}
	if m.Now().Before(letter.Busy) {
		return letter, busy
	}
	letter.Busy = m.Now().Add(m.ledger.claimFor).UTC()
	letter, err := m.ledger.replace(ctx, letter)
	if errors.Is(err, errClaimed) {
		return letter, busy
	}
	return letter, err
}

// again sends what the Letter is about.
func (m *Mailer) again(ctx context.Context, letter Letter) (*failed, error) {
	records, err := m.Log.Read(ctx, letter.Sequence-1, 1)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if d, ok := dueBy(r); ok && r.ID == letter.ID {
			return m.send(ctx, d), nil
		}
	}
	return nil, nil // the user was erased, and the mail with it
}

// Discard drops a Letter. It returns a [*commands.Refusal]: NotFound (mail_not_found).
func (m *Mailer) Discard(ctx context.Context, id uuid.UUID) error {
	if _, err := m.Letter(ctx, id); err != nil {
		return err
	}
	return m.ledger.remove(ctx, letterPrefix+id.String())
}

// Letter returns the one of that id. It returns a [*commands.Refusal]: NotFound (mail_not_found).
func (m *Mailer) Letter(ctx context.Context, id uuid.UUID) (Letter, error) {
	missing := &commands.Refusal{Kind: commands.NotFound, Reason: "mail_not_found",
		Detail: "There is no such mail that could not be sent."}
	if m == nil {
		return Letter{}, missing
	}
	letter, ok, err := m.ledger.letter(ctx, id)
	if err == nil && !ok {
		err = missing
	}
	return letter, err
}
