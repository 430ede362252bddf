package events

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestSubject(t *testing.T) {
	a := User(uuid.New())
	require.Equal(t, "accounts.user."+a.ID.String(), a.Subject())
	read, err := ParseSubject(a.Subject())
	require.NoError(t, err)
	require.Equal(t, a, read)
}

func TestParseSubjectRefuses(t *testing.T) {
	id := uuid.NewString()
	for _, subject := range []string{
		"", "accounts", "accounts.user", "accounts.user.", "accounts.planet." + id, "other.user." + id,
		"accounts.user." + id + ".x", "accounts.user.{" + id + "}", "accounts.user.urn:uuid:" + id, "accounts.user." +
			id[:35],
	} {
		_, err := ParseSubject(subject)
		require.ErrorIs(t, err, ErrSubject, subject)
	}
}

func TestKeyID(t *testing.T) {
	for _, id := range []KeyID{{}, {Block: 1}, {Index: 1}, {Block: 1<<64 - 1, Index: 255}} {
		read, err := ParseKeyID(id.String())
		require.NoError(t, err)
		require.Equal(t, id, read)
	}
	require.Equal(t, "00000000000000ff.7", KeyID{Block: 255, Index: 7}.String())
	require.Empty(t, KeyID{}.String())
	for _, text := range []string{".", "1", "1.", ".1", "x.1", "1.x", "1.70000", "11111111111111111.1", "-1.1",
		"1.1.1"} {
		_, err := ParseKeyID(text)
		require.ErrorIs(t, err, ErrKeyID, text)
	}
}

func TestChain(t *testing.T) {
	c := Chain{1, 2, 3, 31: 255}
	read, err := ParseChain(c.String())
	require.NoError(t, err)
	require.Equal(t, c, read)
	for _, text := range []string{"", "AAAA", c.String() + "A", c.String() + "=", c.String()[1:] + "!"} {
		_, err := ParseChain(text)
		require.ErrorIs(t, err, ErrChain, text)
	}
}

func TestHead(t *testing.T) {
	r := Record{Sequence: 3, Chain: Chain{1}}
	require.Equal(t, Head{Sequence: 3, Chain: Chain{1}}, r.Head())
}
