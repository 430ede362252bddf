// Package layers holds the house to its plan: which package may know which, what stands at the top, and that every
// package says what it promises.
//
// It promises that a forbidden import fails a test. Its one invariant is DESIGN's line events ← commands ← projections
// ← http ← cmd.
package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	root   = "../.."
	module = "accountd/"
)

// floors are the layers from the ground up; a package may import from its own and from those before it.
var floors = []string{"events", "commands", "projections", "http", "cmd"}

// shared are the parts of http that every other part may import.
var shared = []string{"http/rest"}

type source struct {
	dir  string // from the root, with slashes
	name string // of the file
	file *ast.File
	test bool
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		out = append(out, source{filepath.ToSlash(rel), filepath.Base(name), f, strings.HasSuffix(name, "_test.go")})
		return err
	}))
	require.NotEmpty(t, out)
	return out
}

func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		name, _ := strconv.Unquote(i.Path.Value)
		out = append(out, name)
	}
	return out
}

func floor(dir string) int {
	first, _, _ := strings.Cut(dir, "/")
	return slices.Index(floors, first)
}

func TestImportsPointDown(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports() {
			dir, own := strings.CutPrefix(name, module)
			if !own || s.test || floor(s.dir) < 0 {
				continue
			}
			require.LessOrEqual(t, floor(dir), floor(s.dir), "%s imports %s", s.dir, name)
			require.NotEqual(t, -1, floor(dir), "%s imports %s", s.dir, name)
		}
	}
}

func TestDialectsDoNotKnowEachOther(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports() {
			dir, own := strings.CutPrefix(name, module)
			if own && strings.HasPrefix(s.dir, "http/") && strings.HasPrefix(dir, "http/") && part(dir) != part(s.dir) {
				require.Contains(t, shared, part(dir), "%s imports %s", s.dir, name)
			}
		}
	}
}

// part returns the folder under http that a package belongs to, such as http/e24.
func part(dir string) string {
	names := strings.Split(dir, "/")
	return strings.Join(names[:min(2, len(names))], "/")
}

// TestOnlyTheProgramSendsTraces: everything else makes spans, which cost nothing where nobody wants them.
func TestOnlyTheProgramSendsTraces(t *testing.T) {
	for _, s := range sources(t) {
		for _, name := range s.imports() {
			sends := strings.HasPrefix(name, "go.opentelemetry.io/otel/sdk") ||
				strings.HasPrefix(name, "go.opentelemetry.io/otel/exporters")
			require.False(t, sends && !s.test && floor(s.dir) < slices.Index(floors, "cmd"), "%s imports %s", s.dir,
				name)
		}
	}
}

// impure are the beginnings of imports that package commands is without: of what waits, locks, asks the world, or makes
// chance.
var impure = []string{"context", "sync", "os", "io", "net/http", "log", "math/rand", "crypto/rand", "runtime",
	module + "events/", module + "commands/", "github.com/nats-io/", "go.opentelemetry.io/"}

// clocks are what it does not call: a decision gets its times, and its ids.
var clocks = map[string][]string{
	"time": {"Now", "Since", "Until", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Sleep"},
	"uuid": {"New", "NewString", "NewRandom", "NewUUID", "NewV6", "NewV7"},
}

// TestCommandsOnlyCompute holds package commands to what it promises: the same States lead to the same decision,
// always.
func TestCommandsOnlyCompute(t *testing.T) {
	for name, f := range production(t, "commands") {
		for _, i := range (source{file: f}).imports() {
			if i == module+"events/feed" {
				continue // for its filters and names, which only compute
			}
			for _, p := range impure {
				assert.False(t, i == p || strings.HasPrefix(i, strings.TrimSuffix(p, "/")+"/"),
					"commands/%s imports %s", name, i)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if on, ok := sel.X.(*ast.Ident); ok {
					assert.NotContains(t, clocks[on.Name], sel.Sel.Name, "commands/%s uses %s.%s", name, on.Name,
						sel.Sel.Name)
				}
			}
			return true
		})
	}
}

func TestNoPackageIsNamedHTTP(t *testing.T) {
	for _, s := range sources(t) {
		require.NotEqual(t, "http", s.file.Name.Name, s.dir)
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	said := map[string]bool{}
	for _, s := range sources(t) {
		said[s.dir] = said[s.dir] || s.file.Doc != nil && strings.Contains(s.file.Doc.Text(), "promises")
	}
	for dir, ok := range said {
		require.True(t, ok, "%s has no package comment that says what it promises", dir)
	}
}

func TestTopLevel(t *testing.T) {
	allowed := []string{"cmd", "events", "projections", "commands", "http", "testing", "go.mod", "go.sum",
		"Taskfile.yml", "README.md", "findings"}
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "data" {
			require.Contains(t, allowed, path.Base(e.Name()))
		}
	}
}

func TestNothingSleeps(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			on, _ := sel.X.(*ast.Ident)
			if on != nil {
				require.False(t, on.Name == "time" && sel.Sel.Name == "Sleep", "%s sleeps", s.dir)
				require.False(t, s.test && on.Name == "t" && strings.HasPrefix(sel.Sel.Name, "Skip"), "%s skips a test",
					s.dir)
			}
			return true
		})
	}
}

// TestFilesThatREADMENamesAreThere: a walk through the code by a map of last year leads nowhere.
func TestFilesThatREADMENamesAreThere(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	named := regexp.MustCompile("[`(]((?:cmd|commands|events|http|projections|testing)/[a-z0-9/_.]+)[`)]").FindAllStringSubmatch(string(readme), -1)
	require.Greater(t, len(named), 20)
	for _, m := range named {
		_, err := os.Stat(filepath.Join(root, m[1]))
		require.NoError(t, err)
	}
}
