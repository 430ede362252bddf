package events

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Event is a fact in the past tense. Its Type is a versioned name such as "SSHKeyAdded.v1" that never changes meaning.
type Event interface{ Type() string }

// Numbered is implemented by Events that assign a number from a service-wide sequence.
type Numbered interface{ Assigned() Number }

// NumberKind names a sequence of numbers; within one kind a number is never used twice.
type NumberKind string

// The sequences of numbers.
const (
	UserNumber         NumberKind = "user"
	SSHKeyNumber       NumberKind = "ssh_key"
	DatacenterNumber   NumberKind = "datacenter"
	GroupNumber        NumberKind = "group"
	ClientNumber       NumberKind = "client"
	ApplicationNumber  NumberKind = "application"
	WebhookNumber      NumberKind = "webhook"
	SubscriptionNumber NumberKind = "subscription"
)

// Number is a number that an Event assigned; the zero Number stands for none.
type Number struct {
	Kind  NumberKind
	Value int64 // from 1 up
}

// Draft is an Event that is not in the Log yet.
type Draft struct {
	Aggregate Aggregate
	Key       KeyID // the data key that seals it; zero for the first event of an aggregate, which takes a fresh key
	Event     Event
}

// Cause says who asked for a command, by what means, and in which request. Nothing in it but Address tells about a
// person, and Address is sealed.
type Cause struct {
	Actor       string // UUID of the user who asked, [System] or [Operator]
	Credential  string // the credential's public id, such as "signing-key:AK…"; empty for the service itself
	Dialect     string // the API by which it came
	RequestID   string
	TraceParent string // W3C trace context, empty when there was none
	Address     string // network address of the client; empty when unknown
	AddressKey  KeyID  // the actor's data key, which seals Address; without it Address is not recorded
}

// User returns the user who asked, zero for nobody.
func (c Cause) User() uuid.UUID {
	id, _ := uuid.Parse(c.Actor) // System is none
	return id
}

// System is the Actor of what the service does by itself.
const System = "system"

// Operator is the Actor of what is done by who has the data folder of a service that does not run.
const Operator = "operator"

// Record is an Event with its envelope, as it stands in the Log.
type Record struct {
	Sequence  uint64 // the Record's place in the Log, from 1 up without holes
	ID        uuid.UUID
	Time      time.Time // UTC, never earlier than the Record before
	Aggregate Aggregate
	Type      string
	Event     Event // nil when Erased
	Erased    bool  // the data key is gone: the Record is there, its content is not
	Cause     Cause
	Command   uuid.UUID // shared by the Events of one command
	Index     int       // this Record is event Index of Of of its command, from 1
	Of        int
	Assigned  Number // known even when Erased
	Key       KeyID
	Chain     Chain
}

// Head is a place in the Log: the newest Record's sequence, chain hash and time. The zero Head is the empty Log.
type Head struct {
	Sequence uint64
	Chain    Chain
	Time     time.Time
}

// Head returns the place that r occupies in the Log.
func (r Record) Head() Head { return Head{Sequence: r.Sequence, Chain: r.Chain, Time: r.Time} }

// Chain is a Record's chain hash: SHA-256 over the previous Record's chain and this Record's envelope and ciphertext.
type Chain [32]byte

// String returns the hash in standard base64 without padding.
func (c Chain) String() string { return base64.RawStdEncoding.EncodeToString(c[:]) }

// ErrChain is returned by [ParseChain] for a text that is no chain hash.
var ErrChain = errors.New("not a chain hash")

// ParseChain reads what Chain.String writes.
func ParseChain(s string) (Chain, error) {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(Chain{}) {
		return Chain{}, ErrChain
	}
	return Chain(b), nil
}

// KeyID names a data key: the block of keys it is stored in and its place there. The zero KeyID names none.
type KeyID struct {
	Block uint64
	Index uint16
}

// IsZero reports whether the KeyID names no key.
func (k KeyID) IsZero() bool { return k == KeyID{} }

// String returns the form that envelopes carry: 16 hex digits, a dot, the index; empty for the zero KeyID.
func (k KeyID) String() string {
	if k.IsZero() {
		return ""
	}
	return string(k.Append(nil))
}

// Append appends what String returns for a KeyID that names a key.
func (k KeyID) Append(b []byte) []byte {
	b = hex.AppendEncode(b, binary.BigEndian.AppendUint64(nil, k.Block))
	return strconv.AppendUint(append(b, '.'), uint64(k.Index), 10)
}

// ErrKeyID is returned by [ParseKeyID] for a text that names no data key.
var ErrKeyID = errors.New("not a data key id")

// ParseKeyID reads what KeyID.String writes.
func ParseKeyID(s string) (KeyID, error) {
	if s == "" {
		return KeyID{}, nil
	}
	block, index, ok := strings.Cut(s, ".")
	b, err := strconv.ParseUint(block, 16, 64)
	i, err2 := strconv.ParseUint(index, 10, 16)
	if !ok || err != nil || err2 != nil {
		return KeyID{}, ErrKeyID
	}
	return KeyID{Block: b, Index: uint16(i)}, nil
}
