package layers

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// commands are what a guide says between backquotes.
var commands = regexp.MustCompile("`[^`]*`")

// named are the places of this repository that a guide names: files, by their endings, and folders, by a slash.
var named = regexp.MustCompile(`(?:\.\./|\./)*[\w-]+(?:/[\w-]+)*(?:\.(?:go|txt|md|yml)|/)|(?:\.\./)+[\w/-]+|testdata`)

// TestGuidesNameWhatIsThere looks for every file that a package comment names under "To add …", from the package's folder.
func TestGuidesNameWhatIsThere(t *testing.T) {
	found := map[string]bool{}
	for _, s := range sources(t) {
		if s.file.Doc == nil {
			continue
		}
		_, guide, ok := strings.Cut(s.file.Doc.Text(), "# To add ")
		if !ok {
			continue
		}
		guide, _, _ = strings.Cut(guide, "\n# ")
		for _, place := range named.FindAllString(commands.ReplaceAllString(guide, ""), -1) {
			found[s.dir] = true
			_, err := os.Stat(filepath.Join(root, s.dir, place))
			assert.NoError(t, err, "%s tells a newcomer of %s", s.dir, place)
		}
	}
	for dir, what := range map[string]string{"http/native": "a call", "commands": "a command", "projections": "a view",
		"http/rest": "a dialect"} {
		assert.True(t, found[dir], "%s says where %s is added", dir, what)
	}
}
