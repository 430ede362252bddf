package problems

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sources are the folders whose refusals the native API can answer with, from this one.
var sources = []string{"../../commands", "../rest", "../native", "../server", "../eventstream", "../auditlog",
	"../asyncapi", "../docs"}

// pages is a folder within them whose refusals people see as pages alone.
const pages = "../rest/page"

// code is the source in which refusals are looked for.
type code struct {
	functions []function
	constants map[string]ast.Expr // by package and name
}

// function is one, with the name of its package.
type function struct {
	pkg  string
	decl *ast.FuncDecl
}

// answer is a status and a code, as expressions in a function.
type answer struct {
	status, reason ast.Expr
	in             function
}

func parse(t *testing.T) code {
	t.Helper()
	c := code{constants: map[string]ast.Expr{}}
	for _, dir := range sources {
		require.NoError(t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && name == pages {
				return filepath.SkipDir
			}
			if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err == nil {
				c.add(file)
			}
			return err
		}))
	}
	return c
}

func (c *code) add(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			c.functions = append(c.functions, function{file.Name.Name, d})
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST && len(v.Values) == len(v.Names) {
					for i, name := range v.Names {
						c.constants[file.Name.Name+"."+name.Name] = v.Values[i]
					}
				}
			}
		}
	}
}

// answers returns the statuses of every code that the source can answer with.
func (c code) answers(t *testing.T) map[string]map[int]bool {
	t.Helper()
	found := map[string]map[int]bool{}
	for _, f := range c.functions {
		ast.Inspect(f.decl, func(n ast.Node) bool {
			if literal, ok := n.(*ast.CompositeLit); ok {
				c.follow(t, made(literal, f), found)
			}
			return true
		})
	}
	return found
}

// made returns the answer that a literal is, none when it is something else.
func made(literal *ast.CompositeLit, in function) *answer {
	switch nameOf(literal.Type) {
	case "Refusal", "RequestError", "Fault":
	default:
		return nil
	}
	out := answer{in: in}
	for _, e := range literal.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch nameOf(pair.Key) {
		case "Reason":
			out.reason = pair.Value
		case "Kind", "Status":
			out.status = pair.Value
		}
	}
	if out.reason == nil {
		return nil
	}
	return &out
}

// follow notes the answer; where a parameter stands in it, it goes to whoever calls the function.
func (c code) follow(t *testing.T, a *answer, found map[string]map[int]bool) {
	t.Helper()
	if a == nil || nameOf(a.reason) == "Reason" {
		return // it is passed on from another answer
	}
	parameters := parametersOf(a.in.decl)
	if parameter(a.reason, parameters)+parameter(a.status, parameters) == "" {
		reason, status := c.text(t, a.reason, a.in.pkg), statusOf(t, a.status)
		if found[reason] == nil {
			found[reason] = map[int]bool{}
		}
		found[reason][status] = true
		return
	}
	for _, caller := range c.functions {
		ast.Inspect(caller.decl, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && a.in.isCalled(call, caller.pkg) {
				c.follow(t, &answer{given(a.status, parameters, call), given(a.reason, parameters, call), caller},
					found)
			}
			return true
		})
	}
}
