package ctl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestClashes(t *testing.T) {
	data := newWorld(t).data
	code, out, errs := run(nil, "clashes", "--data", data)
	require.Zero(t, code, errs)
	require.NotContains(t, out, "admin", "a name may be the address, too")

	found, err := clashesIn(strings.NewReader(`{"id":"1","number":1,"username":"first","email":"a@münchen.example"}
{"id":"2","number":2,"username":"second","email":"a@munchen.example","external_id":"first"}
{"id":"3","number":3,"username":"a@xn--mnchen-3ya.example","email":"a@xn--mnchen-3ya.example","external_id":"x@a。example"}
{"id":"4","number":4,"username":"fourth","email":"d@example.org","external_id":"x@a.example"}
`))
	require.NoError(t, err)
	var got []string
	for _, c := range found {
		got = append(got, c.Name+" "+c.ID)
	}
	require.Equal(t, []string{"a@xn--mnchen-3ya.example 1", "a@xn--mnchen-3ya.example 3", "x@a.example 3",
		"x@a.example 4"}, got)
	_, err = clashesIn(strings.NewReader(`{"id":"1"`))
	require.Error(t, err)
}
