package ctl

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// TestEveryCommandHasExamples tries each example as far as the command line goes.
func TestEveryCommandHasExamples(t *testing.T) {
	examples := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		require.NotEmpty(t, c.Short, c.CommandPath())
		require.NotEmpty(t, c.Example, c.CommandPath())
		for line := range strings.Lines(c.Example) {
			require.True(t, strings.HasPrefix(line, "  "), line)
			for _, call := range strings.Split(line, "accountctl ")[1:] {
				parses(t, call)
				examples++
			}
		}
		for _, below := range c.Commands() {
			walk(below)
		}
	}
	walk((&program{stdout: io.Discard, stderr: io.Discard}).command())
	require.Greater(t, examples, 30)
}

// parses calls a command line of which everything behind a pipe, a redirection, a bracket or a comment is cut off.
func parses(t *testing.T, line string) {
	t.Helper()
	call := regexp.MustCompile(`\s*(\||>|<|\)|  #).*`).ReplaceAllString(strings.TrimSpace(line), "")
	args := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(call, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], "'")
	}
	root := (&program{stdout: io.Discard, stderr: io.Discard}).command()
	found, rest, err := root.Find(args)
	require.NoError(t, err, line)
	require.NotEqual(t, root, found, line)
	require.NoError(t, found.ParseFlags(rest), line)
	require.NoError(t, found.ValidateArgs(found.Flags().Args()), line)
	require.NoError(t, found.ValidateFlagGroups(), line)
	if found.PreRunE != nil {
		require.NoError(t, found.PreRunE(found, nil), line)
	}
}
