package native

import (
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/http/native/call"
	"accountd/http/rest/openapi"
)

func TestEveryCallIsDescribed(t *testing.T) {
	missing, unknown := Describe().Drift()
	assert.Empty(t, missing, "describe these where they are")
	assert.Empty(t, unknown, "these do not exist any more")
}

// TestUserIsDescribedAsItIsShown compares the members and their order.
func TestUserIsDescribedAsItIsShown(t *testing.T) {
	var described, shown []string
	for _, m := range userMembers() {
		described = append(described, m.name)
	}
	j := userJSON(time.Time{}, named(commands.NewDirectory()), &commands.User{})
	defer j.Free()
	d := json.NewDecoder(strings.NewReader(string(j.Bytes())))
	for depth := 0; ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case json.Delim:
			depth += map[json.Delim]int{'{': 1, '[': 1, '}': -1, ']': -1}[token]
		case string:
			if depth == 1 && slices.Contains(described, token) {
				shown = append(shown, token)
			}
		}
	}
	assert.Equal(t, described, slices.Compact(shown))
	var all map[string]any
	require.NoError(t, json.Unmarshal(j.Bytes(), &all))
	assert.Len(t, all, len(described))
}

// TestUserIsDescribedAsItIsRead sends every member that is described, and nothing is unknown.
func TestUserIsDescribedAsItIsRead(t *testing.T) {
	left := call.Object{}
	for name := range patchedUserSchema()["properties"].(openapi.Schema) {
		left[name] = json.RawMessage("null")
	}
	delete(left, "password_hash") // a password is sent in one form or the other
	_, err := readUser(call.NewMembers(left, false))
	assert.NoError(t, err)
}
