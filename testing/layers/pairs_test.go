package layers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mostPairs bounds, for the packages in which people work every day, how many ordered pairs of files there are of which
// the first uses a name that the second declares. A lower count is the new bound; a higher one says that a noun knows
// another.
var mostPairs = map[string]int{
	"http/native":      79,
	"http/native/call": 89,
	"commands":         170,
}

// TestFilesOfAPackageKnowFewOthers counts the pairs, and tells the count.
func TestFilesOfAPackageKnowFewOthers(t *testing.T) {
	for dir, most := range mostPairs {
		pairs := pairsOf(production(t, dir))
		t.Logf("%s: %d pairs of files", dir, len(pairs))
		assert.LessOrEqual(t, len(pairs), most,
			"%s: in so many pairs of files the first uses a name that the second declares", dir)
	}
}

// production returns the files of a package that are no tests, by name.
func production(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	out := map[string]*ast.File{}
	for _, s := range sources(t) {
		if s.dir == dir && !s.test {
			out[s.name] = s.file
		}
	}
	assert.NotEmpty(t, out, dir)
	return out
}

// pair is a file that uses a name which another file of its package declares.
type pair struct{ from, to string }

// pairsOf returns the pairs of these files. Methods are no names of the package; the types that have them are.
func pairsOf(files map[string]*ast.File) map[pair]bool {
	declaredIn := map[string]string{}
	for name, f := range files {
		for _, d := range f.Decls {
			for _, declared := range namesOf(d) {
				declaredIn[declared] = name
			}
		}
	}
	out := map[pair]bool{}
	for name, f := range files {
		for _, id := range used(f) {
			if to, ok := declaredIn[id.Name]; ok && to != name {
				out[pair{name, to}] = true
			}
		}
	}
	return out
}

// namesOf returns the names that a declaration gives the package.
func namesOf(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.Name != "init" {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names = append(names, id.Name)
				}
			}
		}
	}
	return names
}

// used returns the names in a file that it does not declare itself, but for those of fields in the literals of structs.
func used(f *ast.File) (out []*ast.Ident) {
	keys := map[*ast.Ident]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if _, isMap := literal.Type.(*ast.MapType); !isMap {
			for _, e := range literal.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					if id, ok := pair.Key.(*ast.Ident); ok {
						keys[id] = true
					}
				}
			}
		}
		return true
	})
	for _, id := range f.Unresolved {
		if !keys[id] {
			out = append(out, id)
		}
	}
	return out
}

// TestPairsAreCounted counts those of a small package, whose local names, fields and methods are like names of other
// files.
func TestPairsAreCounted(t *testing.T) {
	parsed := map[string]*ast.File{}
	for name, text := range map[string]string{
		"a.go": "package p\ntype T struct{ list int }\nfunc (T) page() {}\nfunc list() {}\nconst limit = 1\n",
		"b.go": "package p\nfunc b() T { list := 1; _ = list; T{list: 1}.page(); return T{} }\n",
		"c.go": "package p\nfunc c(limit int) int { return limit }\n",
		"d.go": "package p\nvar d = func() map[int]T { return map[int]T{limit: b()} }\n",
		"e.go": "package p\ntype page struct{ T }\n",
	} {
		f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		require.NoError(t, err)
		parsed[name] = f
	}
	assert.Equal(t, map[pair]bool{{"b.go", "a.go"}: true, {"d.go", "a.go"}: true, {"d.go", "b.go"}: true,
		{"e.go", "a.go"}: true}, pairsOf(parsed))
}
