package problems

import (
	"go/ast"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// nameOf returns the last name of an expression such as http.StatusConflict, empty for others.
func nameOf(e ast.Node) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// parametersOf returns the places of a function's parameters, by name.
func parametersOf(f *ast.FuncDecl) map[string]int {
	places, at := map[string]int{}, 0
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			places[name.Name] = at
			at++
		}
	}
	return places
}

// parameter returns the name of the parameter that stands in the expression, empty for none.
func parameter(e ast.Expr, parameters map[string]int) (found string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			if _, is := parameters[name.Name]; is {
				found = name.Name
			}
		}
		return true
	})
	return found
}

// given returns the expression with what the call gives for the parameter in it.
func given(e ast.Expr, parameters map[string]int, call *ast.CallExpr) ast.Expr {
	if sum, ok := e.(*ast.BinaryExpr); ok {
		return &ast.BinaryExpr{X: given(sum.X, parameters, call), Op: sum.Op, Y: given(sum.Y, parameters, call)}
	}
	if name, ok := e.(*ast.Ident); ok {
		if at, is := parameters[name.Name]; is {
			return call.Args[at]
		}
	}
	return e
}

// isCalled reports whether the call, in a function of that package, is one of the function.
func (f function) isCalled(call *ast.CallExpr, pkg string) bool {
	if nameOf(call.Fun) != f.decl.Name.Name {
		return false
	}
	if selector, ok := call.Fun.(*ast.SelectorExpr); ok && f.decl.Recv == nil {
		return nameOf(selector.X) == f.pkg
	}
	return pkg == f.pkg || f.decl.Recv != nil && f.decl.Name.IsExported()
}

// text returns the value of a text that is made of constants.
func (c code) text(t *testing.T, e ast.Expr, pkg string) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.BasicLit:
		value, err := strconv.Unquote(e.Value)
		require.NoError(t, err)
		return value
	case *ast.BinaryExpr:
		return c.text(t, e.X, pkg) + c.text(t, e.Y, pkg)
	case *ast.SelectorExpr:
		pkg = nameOf(e.X)
	}
	value, ok := c.constants[pkg+"."+nameOf(e)]
	require.True(t, ok, "a code is made of constants or given as a parameter; package %s has one that is not: %v",
		pkg, e)
	return c.text(t, value, pkg)
}

// statusOf returns the status that a kind of refusal or a constant of net/http stands for.
func statusOf(t *testing.T, e ast.Expr) int {
	t.Helper()
	name := nameOf(e)
	if status, ok := kinds[name]; ok {
		return status
	}
	for status := 400; status < 600; status++ {
		if name == "Status"+strings.ReplaceAll(http.StatusText(status), " ", "") {
			return status
		}
	}
	require.Fail(t, "a status is a constant or given as a parameter", "%v", e)
	return 0
}

// kinds are the statuses of the kinds of refusals.
var kinds = map[string]int{
	"Invalid": 400, "Forbidden": 403, "NotFound": 404, "Taken": 409, "Conflict": 409, "Stale": 412, "Throttled": 429,
	"Busy": 503,
}
