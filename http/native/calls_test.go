package native

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"accountd/http/native/call"
	"accountd/http/rest"
)

// TestCallsAreWhole looks for what a call may lack without anybody noticing: what it changes, who answers it, and of a
// group of calls what it is about.
func TestCallsAreWhole(t *testing.T) {
	about, seen := map[string]bool{}, map[string]bool{}
	for _, n := range newAPI(rest.Service{}, Options{}).nouns() {
		about[n.Tag.Name] = about[n.Tag.Name] || n.Tag.About != ""
		assert.True(t, about[n.Tag.Name], "the first noun of %s says what it is about", n.Tag.Name)
		for _, c := range n.Calls {
			name := c.Method + " " + c.Path
			assert.Equal(t, c.Method == http.MethodGet, c.Changes == call.Nothing, "%s says what it changes", name)
			assert.NotEqual(t, c.Handle == nil, c.Open == nil, "%s is answered by one handler", name)
			assert.Equal(t, c.Doc.Open, c.Open != nil, "%s is described as open to whom it is open", name)
			read := c.Shows == call.UnlessSame || c.Shows == call.UnlessPast || c.Shows == call.AtPosition
			assert.False(t, read && c.Method != http.MethodGet, "%s shows what only a GET does", name)
			assert.False(t, seen[name], "%s is there once", name)
			seen[name] = true
		}
	}
}
