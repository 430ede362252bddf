package ctl

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/cmd/app"
)

var update = flag.Bool("update", false, "write the golden files anew")

// started runs the service on a folder of its own, and returns the folder.
func started(t *testing.T) string {
	t.Helper()
	c := app.Default()
	c.Data, c.HTTP = t.TempDir(), "127.0.0.1:0"
	ctx, stop := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- app.Run(ctx, c, io.Discard, app.Hooks{Ready: func(url string) { ready <- url }}) }()
	select {
	case <-ready:
	case err := <-done:
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
	})
	return c.Data
}

var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|20\d\d-\d\d-\d\dT[0-9:.]+Z|acct_[A-Za-z0-9_-]{43}|127\.0\.0\.1:\d+`)

// TestResources plays calls against a service; the golden file has what each prints, with what changes from run to run taken
// out.
func TestResources(t *testing.T) {
	data := started(t)
	key := filepath.Join(t.TempDir(), "key.pub")
	require.NoError(t, os.WriteFile(key, []byte("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN me@laptop\n"), 0o600))
	var all strings.Builder
	for _, call := range []string{
		"create users username=ann email=ann@example.org first_name=Ann last_name=Lee profile.city=Brno -o table --columns number,username,profile,parent",
		"create users username=bob email=bob@example.org active:=false -o table",
		"list users sort=-number",
		"list users filter[username]=bob --columns username,profile,phone",
		"list users limit=1 --all --columns username",
		"list users limit=2 fields_of_nothing=1",
		"get users/ann@example.org -o table --columns email,profile",
		"get users/nobody",
		"set users/ann phone=+420 profile.city=Praha profile.country=CZ -o table",
		"set users/ann number=7",
		"set users/ann phone=1 --if-match \"1\"",
		"create users/ann/ssh-keys title=laptop key=@" + key,
		"list users/ann/ssh-keys",
		"list users/ann/ssh-keys -o ndjson",
		"list users/ann/ssh-keys -o json",
		"create users/ann/api-keys kind=native memo=CI permissions.users=read -o table --columns id,memo,key",
		"delete users/ann/ssh-keys/1",
		"list users/ann/ssh-keys -o yaml",
		"delete users/bob",
		"delete users/bob",
		"set users/ann a=1 a.b=2",
		"set users/ann a",
		"set users/ann a:=x",
		"get users/ann -o xml",
	} {
		code, out, errs := run(nil, append(strings.Fields(call), "--data", data)...)
		fmt.Fprintf(&all, "$ accountctl %s\n%s%s(%d)\n\n", strings.ReplaceAll(call, key, "key.pub"), out, errs, code)
	}
	got := changing.ReplaceAllString(all.String(), "…")
	golden := filepath.Join("testdata", "resources.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

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
	code, out, _ := run(nil, "__complete", "get", "")
	require.Zero(t, code)
	require.Contains(t, out, "users\n")
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, out, _ := run(nil, "completion", shell)
		require.Zero(t, code)
		require.Contains(t, out, "accountctl")
	}
}
