package layers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// columns is how long a line may be, a tab being four.
const columns = 120

// TestLinesAreShort reads every line but those of tests, of raw texts, and of tables in comments.
func TestLinesAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, s.dir, s.name))
		require.NoError(t, err)
		for i, line := range strings.Split(string(text), "\n") {
			wide := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")) > columns
			free := strings.Contains(line, "`") || strings.HasPrefix(strings.TrimSpace(line), "//\t")
			assert.False(t, wide && !free, "%s/%s:%d", s.dir, s.name, i+1)
		}
	}
}
