package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// ErrCheckpoint is returned for a text that is no checkpoint, or one that the key did not sign.
var ErrCheckpoint = errors.New("not a checkpoint")

// Checkpoint says what the first Records of a log are: their tree's root.
type Checkpoint struct {
	Origin string // the log's name
	Size   uint64 // how many Records
	Root   tlog.Hash
}

// String returns the checkpoint's text without a signature: its origin, size and root, a line each.
func (c Checkpoint) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// ParseCheckpoint reads a checkpoint, signed or not, and checks the signature when it is given the key. It returns
// [ErrCheckpoint].
func ParseCheckpoint(text []byte, key string) (Checkpoint, error) {
	body := string(text)
	if key != "" {
		signed, err := openNote(text, key)
		if err != nil {
			return Checkpoint{}, err
		}
		body = signed
	}
	lines := strings.Split(body, "\n")
	if len(lines) < 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, fmt.Errorf("%w: it is not three lines with origin, size and root", ErrCheckpoint)
	}
	size, err := strconv.ParseUint(lines[1], 10, 63)
	root, err2 := tlog.ParseHash(lines[2])
	c := Checkpoint{Origin: lines[0], Size: size, Root: root}
	if err != nil || err2 != nil || !strings.HasPrefix(body, c.String()) {
		// a number and base64 can be written in several ways
		return Checkpoint{}, fmt.Errorf("%w: size or root cannot be read", ErrCheckpoint)
	}
	return c, nil
}

func openNote(text []byte, key string) (string, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return "", fmt.Errorf("%w: the key cannot be read: %w", ErrCheckpoint, err)
	}
	n, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return "", fmt.Errorf("%w: it is not signed by %s: %w", ErrCheckpoint, verifier.Name(), err)
	}
	return n.Text, nil
}

// Signer signs a log's checkpoints.
type Signer struct {
	origin, key string
	signer      note.Signer
}

// NewSigner returns the Signer of the log of that origin whose secret is the seed of 32 bytes.
func NewSigner(origin string, seed []byte) (*Signer, error) {
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	key, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, fmt.Errorf("making the signing key: %w", err)
	}
	// The form of a note's private key: the name and the hash that also the public one has, the algorithm 1 and the
	// seed.
	hash := strings.Split(strings.TrimPrefix(key, origin+"+"), "+")[0]
	private := "PRIVATE+KEY+" + origin + "+" + hash + "+" +
		base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, fmt.Errorf("making the signing key: %w", err)
	}
	return &Signer{origin: origin, key: key, signer: signer}, nil
}

// Key returns the public key, in the form of a note's.
func (s *Signer) Key() string { return s.key }

// Sign returns the signed checkpoint of so many Records.
func (s *Signer) Sign(size uint64, root tlog.Hash) ([]byte, error) {
	n := &note.Note{Text: Checkpoint{Origin: s.origin, Size: size, Root: root}.String()}
	signed, err := note.Sign(n, s.signer)
	if err != nil {
		return nil, fmt.Errorf("signing a checkpoint: %w", err)
	}
	return signed, nil
}
