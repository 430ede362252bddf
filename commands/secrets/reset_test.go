package secrets

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestResetToken(t *testing.T) {
	user := uuid.New()
	token, hash := ResetToken(user)
	require.Regexp(t, `^[A-Za-z0-9_-]{22}-[A-Za-z0-9_-]{43}$`, token)
	require.Equal(t, Hash(token), hash)
	require.Equal(t, user, ResetTokenUser(token))
	other, _ := ResetToken(user)
	require.NotEqual(t, token, other)
	for _, none := range []string{"", token + "x", token[1:], strings.Repeat("~", len(token))} {
		require.Equal(t, uuid.Nil, ResetTokenUser(none), none)
	}
}
