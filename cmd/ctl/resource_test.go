package ctl

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestObject(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{nil, `{}`},
		{[]string{"a=b=c", "n:=1", "l:=[1,null]", "e="}, `{"a":"b=c","e":"","l":[1,null],"n":1}`},
		{[]string{"a.b=1", "a.c.d:=true"}, `{"a":{"b":"1","c":{"d":true}}}`},
	} {
		_, body, err := object(c.words)
		require.NoError(t, err)
		require.Equal(t, c.want, string(body))
	}
	for _, wrong := range []string{"a", "=b", "a:={", "a=@/no/such/file"} {
		_, _, err := object([]string{wrong})
		require.Error(t, err, wrong)
	}
	for _, twice := range [][]string{{"a=1", "a=2"}, {"a=1", "a.b=2"}, {"a.b=1", "a=2"}} {
		_, _, err := object(twice)
		require.ErrorContains(t, err, "twice")
	}
}

func TestCompletion(t *testing.T) {
	w := newWorld(t)
	w.must("create", "users", "email=ann@example.org")
	w.must("create", "users", "email=anton@example.org")
	key := w.must("key", "add", "ann", "--kind", "ssh", w.keep("key.pub", sshKey))
	require.Equal(t, "1\n", key)
	for words, want := range map[string][]string{
		"get |":                 {"users", "groups"},
		"get users/an|":         {"users/ann", "users/anton"},
		"get users/ant|":        {"users/anton"},
		"list users/ann/|":      {"users/ann/ssh-keys", "users/ann/history"},
		"get groups/|":          {"groups/admins"},
		"get users/ann email=|": nil,
		"history an|":           {"ann", "anton"},
		"key revoke ann |":      {"1"},
		"key add ann --kind s|": {"signing", "ssh"},
		"events --type UserCr|": {"UserCreated.v1"},
		"get users -o |":        {"table", "ndjson"},
	} {
		words, typed, _ := strings.Cut(words, "|")
		require.Empty(t, typed)
		parts := strings.Split(words, " ")
		_, out, _ := run(nil, append([]string{"__complete", "--data", w.data}, parts...)...)
		offered := strings.Split(out, "\n")
		for _, one := range want {
			require.Contains(t, offered, one, words)
		}
		if want == nil {
			require.Equal(t, ":4", offered[0], words)
		}
	}
	_, out, _ := run(nil, "__complete", "--data", w.data, "get", "users/ant")
	require.NotContains(t, out, "users/ann\n")
	w.stop()
	_, out, _ = run(nil, "__complete", "--data", w.data, "get", "users/an")
	require.Equal(t, ":6", strings.SplitN(out, "\n", 2)[0], "without the service there is nothing to offer")
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, out, _ := run(nil, "completion", shell)
		require.Zero(t, code)
		require.Contains(t, out, "accountctl")
	}
}
