package eventlog

import (
	"crypto/sha256"
	"encoding/binary"
	"testing"
	"time"

	"accountd/events"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/require"
)

// TestChainAsDocumented computes a chain hash as an auditor would, from the documentation alone.
func TestChainAsDocumented(t *testing.T) {
	l := start(t)
	first := mustAppend(t, l, events.Head{}, 1)[0]
	second := mustAppend(t, l, first.Head(), 1)[0]
	stored, err := leaderGet(t.Context(), l.engine, Stream, messageQuery{Sequence: 2})
	require.NoError(t, err)

	h := sha256.New()
	text := func(s string) {
		var length [4]byte
		binary.BigEndian.PutUint32(length[:], uint32(len(s)))
		h.Write(length[:])
		h.Write([]byte(s))
	}
	h.Write(first.Chain[:])
	h.Write([]byte{0, 0, 0, 0, 0, 0, 0, 2})
	text(stored.msg.Subject)
	for _, name := range []string{
		"acc-version", "ce-id", "ce-type", "ce-time", "acc-command", "acc-actor", "acc-credential", "acc-dialect",
		"acc-request",
		"traceparent", "acc-number", "acc-key", "acc-address", "acc-address-key",
	} {
		text(stored.msg.Header.Get(name))
	}
	text(string(stored.msg.Data))
	require.Equal(t, second.Chain[:], h.Sum(nil))
	require.Equal(t, second.Chain.String(), stored.msg.Header.Get("acc-chain"))
}

func FuzzEnvelope(f *testing.F) {
	id := "0198c0de-0000-7000-8000-0000000000a1"
	f.Add("1", id, "UserCreated.v1", "2026-01-02T03:04:05.000006Z", id+" 1/2", "system", "a%20b", "user=17",
		"00000000000000ff.7")
	f.Add("2", "", "", "", "", "%", "%zz", "=", ".")
	f.Add("1", "{"+id+"}", "\x00", "0000-01-01T00:00:00Z", id+" 0/0", "%E9", "", "user=-1", "x")
	f.Add("1", id, "", "2026-01-02T03:04:05+01:00", id+" 9999999999999999999/9999999999999999999", "", "",
		"user=9223372036854775808", "")
	f.Fuzz(func(t *testing.T, version, id, typ, at, command, actor, request, number, key string) {
		e := envelope{
			fieldVersion: version, fieldID: id, fieldType: typ, fieldTime: at, fieldCommand: command, fieldActor: actor,
			fieldRequest: request, fieldNumber: number, fieldKey: key,
		}
		r, err := e.record()
		if err != nil {
			require.ErrorIs(t, err, ErrEnvelope)
			return
		}
		again := newEnvelope(r)
		back, err := again.record()
		require.NoError(t, err)
		require.Equal(t, r, back)
	})
}

// FuzzCause proves that no text from a request can change a header, break one, or come back different.
func FuzzCause(f *testing.F) {
	f.Add("system", "api-key:1", "native", "r-1", "00-1-2-01")
	f.Add("a\r\nacc-chain: x", " b ", "%0d%0a", "\xff\x00", "é\u2028")
	f.Fuzz(func(t *testing.T, actor, credential, dialect, request, trace string) {
		want := events.Record{
			ID: uuid.Must(uuid.NewV7()), Time: time.Unix(1, 0).UTC(), Type: "UserDeleted.v1", Index: 1, Of: 1,
			Cause: events.Cause{Actor: actor, Credential: credential, Dialect: dialect, RequestID: request,
				TraceParent: trace},
		}
		written := newEnvelope(want)
		for _, text := range written {
			for _, c := range []byte(text) {
				require.True(t, c >= ' ' && c <= '~')
			}
		}
		var e envelope
		_, err := e.readHeader(written.header(events.Chain{1}))
		require.NoError(t, err)
		got, err := e.record()
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

// FuzzDecode reads what anything that comes from the stream might be.
func FuzzDecode(f *testing.F) {
	f.Add("accounts.user.0198c0de-0000-7000-8000-0000000000a1", []byte("NATS/1.0\r\nacc-version: 1\r\n\r\n"),
		[]byte("x"))
	f.Add("", []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, subject string, header, data []byte) {
		h, err := nats.DecodeHeadersMsg(header)
		if err != nil {
			return
		}
		c := codec{keys: nil} // nothing that is not an envelope may get as far as a key
		_, err = c.decodeNext(events.Chain{}, 1, &nats.Msg{Subject: subject, Header: h, Data: data})
		require.Error(t, err)
	})
}
