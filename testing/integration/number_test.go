//go:build soak || powercut

package integration

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// number returns what the environment says how often something is done, or what it is otherwise.
func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	s := os.Getenv(variable)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	require.NoError(t, err)
	return n
}
