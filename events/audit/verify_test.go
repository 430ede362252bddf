package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"accountd/events"
	"accountd/events/audit"
	"accountd/events/eventlog"
	"accountd/testing/testlog"
)

// history is a log with its export as lines and its signed checkpoints by size.
type history struct {
	env         *testlog.Env
	records     []events.Record
	lines       []string // the first is the header
	signer      *audit.Signer
	checkpoints []audit.Checkpoint
}

const cases = 100

// grown makes a log of n records, two users' turn by turn.
func grown(t testing.TB, n int) *history {
	t.Helper()
	h := &history{env: testlog.Start(t)}
	h.grow(t, n)
	return h
}

func (h *history) grow(t testing.TB, n int) {
	t.Helper()
	for len(h.records) < n {
		var head events.Head
		draft := events.Draft{Aggregate: events.User(uuid.New()),
			Event: events.UserCreated{Number: int64(len(h.records) + 1), Email: "a@example.org"}}
		if len(h.records) > 0 {
			head = h.records[len(h.records)-1].Head()
		}
		if len(h.records) > 1 {
			of := h.records[len(h.records)-2]
			draft = events.Draft{Aggregate: of.Aggregate, Key: of.Key, Event: events.UserDisabled{}}
		}
		records, err := h.env.Log.Append(t.Context(), head, []eventlog.Entry{{Command: uuid.New(),
			Cause: events.Cause{Actor: events.System, Dialect: "native"}, Drafts: []events.Draft{draft}}})
		require.NoError(t, err)
		h.records = append(h.records, records...)
	}
	var err error
	h.signer, err = audit.SignerOf(t.Context(), h.env.Log)
	require.NoError(t, err)
	h.export(t)
	h.checkpoints = h.sizes(t)
}

// sizes returns the checkpoint of every size, as a Verifier sees it.
func (h *history) sizes(t testing.TB) []audit.Checkpoint {
	t.Helper()
	v, out := audit.NewVerifier(), []audit.Checkpoint{{}}
	require.NoError(t, h.env.Log.ReadStored(t.Context(), 0, uint64(len(h.records)), func(s eventlog.Stored) error {
		err := v.Add(s)
		out = append(out, v.Checkpoint())
		return err
	}))
	return out
}

func (h *history) export(t testing.TB) {
	t.Helper()
	n := uint64(len(h.records))
	root := h.sizes(t)[n].Root
	signed, err := h.signer.Sign(n, root)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, audit.WriteExport(t.Context(), &out, h.env.Log, audit.Header{Records: n, Key: h.signer.Key(),
		Checkpoint: string(signed)}, false))
	h.lines = strings.SplitAfter(strings.TrimSuffix(out.String(), "\n"), "\n")
	h.lines[n] += "\n"
}

func verify(lines []string, kept ...audit.Checkpoint) error {
	_, _, err := audit.VerifyExport(strings.NewReader(strings.Join(lines, "")), audit.VerifyOptions{Kept: kept})
	return err
}

// unsigned takes the service's own checkpoint away, as a forger would who cannot sign.
func unsigned(t *testing.T, lines []string) []string {
	t.Helper()
	header, err := json.Marshal(audit.Header{Format: audit.Format, Records: uint64(len(lines) - 1)})
	require.NoError(t, err)
	return append([]string{string(header) + "\n"}, lines[1:]...)
}

func requireBroken(t *testing.T, err error, sequence int, lines []string) {
	t.Helper()
	var broken audit.BrokenError
	require.ErrorAs(t, err, &broken, strings.Join(lines, ""))
	require.EqualValues(t, sequence, broken.Sequence, broken.What)
}

func TestWhatWasNotTouchedIsFound(t *testing.T) {
	h := grown(t, 17)
	v, header, err := audit.VerifyExport(strings.NewReader(strings.Join(h.lines, "")),
		audit.VerifyOptions{Kept: h.checkpoints})
	require.NoError(t, err)
	require.Equal(t, h.records[16].Chain, v.Head().Chain)
	require.EqualValues(t, 17, v.Size())
	require.Equal(t, h.signer.Key(), header.Key)
	require.NoError(t, verify(unsigned(t, h.lines), h.checkpoints...))
}

// TestFlip changes one byte of one record's line.
func TestFlip(t *testing.T) {
	h := grown(t, 17)
	for range cases {
		n := 1 + rand.IntN(len(h.records))
		lines := unsigned(t, slices.Clone(h.lines))
		line := []byte(lines[n])
		at := rand.IntN(len(line) - 1) // without its end
		line[at] ^= byte(1 + rand.IntN(127))
		if line[at] == '\n' {
			line[at] = 0 // an x may have been there
		}
		lines[n] = string(line)
		requireBroken(t, verify(lines), called(line, n), lines[n:n+1])
	}
}

// called returns by which sequence a record is told of: its own, or the earlier one that its changed line calls itself.
func called(line []byte, own int) int {
	for said := range own {
		if bytes.HasPrefix(line, fmt.Appendf(nil, `{"sequence":%d,`, said)) && json.Valid(line) {
			return said
		}
	}
	return own
}

// TestFlipInTheStore changes one byte of what was stored, whatever its line then looks like.
func TestFlipInTheStore(t *testing.T) {
	h := grown(t, 17)
	for range cases {
		n := 1 + rand.IntN(len(h.records))
		lines := unsigned(t, slices.Clone(h.lines))
		var s eventlog.Stored
		require.NoError(t, json.Unmarshal([]byte(lines[n]), &s))
		if names := []string{"ce-id", "ce-time", "acc-command", "acc-actor", "acc-chain",
			"acc-key"}; rand.IntN(2) == 0 {
			name := names[rand.IntN(len(names))]
			value := []byte(s.Headers[name])
			value[rand.IntN(len(value))] ^= 1
			s.Headers[name] = string(value)
		} else {
			s.Data[rand.IntN(len(s.Data))] ^= byte(1 + rand.IntN(255))
		}
		lines[n] = line(t, s)
		requireBroken(t, verify(lines), n, lines[n:n+1])
	}
}

func line(t *testing.T, s eventlog.Stored) string {
	t.Helper()
	b, err := json.Marshal(s)
	require.NoError(t, err)
	return string(b) + "\n"
}

func TestDrop(t *testing.T) {
	h := grown(t, 17)
	for range cases {
		n := 1 + rand.IntN(len(h.records)-1)
		lines := unsigned(t, slices.Delete(slices.Clone(h.lines), n, n+1))
		requireBroken(t, verify(lines), n, nil)
		requireBroken(t, verify(renumbered(t, lines)), n, nil)
	}
}

// renumbered gives the records the sequences that fit.
func renumbered(t *testing.T, lines []string) []string {
	t.Helper()
	for i := range lines[1:] {
		var s eventlog.Stored
		require.NoError(t, json.Unmarshal([]byte(lines[i+1]), &s))
		s.Sequence = uint64(i + 1)
		lines[i+1] = line(t, s)
	}
	return lines
}

func TestInsert(t *testing.T) {
	h, other := grown(t, 17), grown(t, 17)
	for range cases {
		n := 1 + rand.IntN(len(h.records))
		inserted := other.lines[2+rand.IntN(len(other.records)-1)] // its first would be whole by itself
		lines := renumbered(t, unsigned(t, slices.Insert(slices.Clone(h.lines), n, inserted)))
		requireBroken(t, verify(lines), n, nil)
		again := unsigned(t, slices.Insert(slices.Clone(h.lines), n+1, h.lines[n]))
		requireBroken(t, verify(again), n, nil)
	}
}

func TestReorder(t *testing.T) {
	h := grown(t, 17)
	for range cases {
		i := 1 + rand.IntN(len(h.records)-1)
		j := i + 1 + rand.IntN(len(h.records)-i)
		lines := unsigned(t, slices.Clone(h.lines))
		lines[i], lines[j] = lines[j], lines[i]
		requireBroken(t, verify(lines), i, nil)
		requireBroken(t, verify(renumbered(t, lines)), i, nil)
	}
}

// rechained makes every record's chain hash fit, as a forger would.
func rechained(t *testing.T, lines []string) []string {
	t.Helper()
	var previous events.Chain
	for i := range lines[1:] {
		var s eventlog.Stored
		require.NoError(t, json.Unmarshal([]byte(lines[i+1]), &s))
		s.Sequence = uint64(i + 1)
		previous = s.ChainBehind(previous)
		s.Headers["acc-chain"] = previous.String()
		lines[i+1] = line(t, s)
	}
	return lines
}

// TestFork changes a record and computes everything behind it anew: only who kept a checkpoint of it can tell.
func TestFork(t *testing.T) {
	h := grown(t, 17)
	for range cases {
		n := 2 + rand.IntN(len(h.records)-1)
		lines := unsigned(t, slices.Clone(h.lines))
		var s eventlog.Stored
		require.NoError(t, json.Unmarshal([]byte(lines[n]), &s))
		s.Data[rand.IntN(len(s.Data))] ^= 1
		lines[n] = line(t, s)
		lines = rechained(t, lines)
		require.NoError(t, verify(lines), "by itself it is whole")
		require.NoError(t, verify(lines, h.checkpoints[:n]...))
		kept := n + rand.IntN(len(h.records)-n+1)
		err := verify(lines, h.checkpoints[n-1], h.checkpoints[kept])
		require.ErrorContains(t, err, fmt.Sprintf("some record from %d to %d", n, kept))
		require.ErrorAs(t, err, new(audit.BrokenError))
		// nor does it help to keep the service's signature
		require.Error(t, verify(append([]string{h.lines[0]}, lines[1:]...)))
	}
}

func TestTruncate(t *testing.T) {
	h := grown(t, 17)
	for range cases {
		n := 1 + rand.IntN(len(h.records)-1)
		requireBroken(t, verify(h.lines[:n+1]), n+1, nil)
		lines := unsigned(t, slices.Clone(h.lines[:n+1]))
		require.NoError(t, verify(lines, h.checkpoints[:n+1]...))
		requireBroken(t, verify(lines, h.checkpoints[n+1+rand.IntN(len(h.records)-n)]), n+1, nil)
	}
}

func TestAnotherLog(t *testing.T) {
	h, other := grown(t, 5), grown(t, 5)
	require.ErrorContains(t, verify(h.lines, other.checkpoints[3]), "another log")
	require.Error(t, verify(append([]string{other.lines[0]}, h.lines[1:]...)))
}

// TestVerifyAfterAnErasure destroys keys: nothing that is verified changes.
func TestVerifyAfterAnErasure(t *testing.T) {
	h := grown(t, 17)
	lines := slices.Clone(h.lines)
	require.NoError(t, h.env.Log.Destroy(t.Context(), h.records[1].Key))
	h.export(t)
	require.Equal(t, lines, h.lines)
	require.NoError(t, verify(h.lines, h.checkpoints...))
}

// TestAStrangerVerifies has nothing but an export and a signed checkpoint that is older.
func TestAStrangerVerifies(t *testing.T) {
	h := grown(t, 9)
	kept, err := h.signer.Sign(9, h.checkpoints[9].Root)
	require.NoError(t, err)
	key := h.signer.Key()
	h.grow(t, 30)
	require.Equal(t, key, h.signer.Key(), "the key is the log's, not the process's")
	old, err := audit.ParseCheckpoint(kept, key)
	require.NoError(t, err)
	v, _, err := audit.VerifyExport(strings.NewReader(strings.Join(h.lines, "")),
		audit.VerifyOptions{Key: key, Kept: []audit.Checkpoint{old}})
	require.NoError(t, err)
	require.Equal(t, h.checkpoints[30], v.Checkpoint())
}

func TestExportsOfSomethingElse(t *testing.T) {
	h := grown(t, 3)
	for _, text := range []string{"", "\n", "{}", "{}\n", h.lines[1], h.lines[0][1:]} {
		_, _, err := audit.VerifyExport(strings.NewReader(text), audit.VerifyOptions{})
		require.ErrorIs(t, err, audit.ErrExport, text)
	}
	requireBroken(t, verify(append(slices.Clone(h.lines), "x\n")), 4, nil)
	requireBroken(t, verify(append(slices.Clone(h.lines), strings.TrimSpace(h.lines[3]))), 4, nil)
	requireBroken(t, verify(append(slices.Clone(h.lines), strings.Repeat("x", 17<<20)+"\n")), 4, nil)
}
