package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"accountd/events/audit"
)

const long = `accountctl manages accounts on a running accountd service.

It looks for the service and for credentials in this order: --url and --token; the data folder (--data) with its
admin.json; a profile (--profile or ACCOUNTCTL_PROFILE, see accountctl profile and log-in); ACCOUNTCTL_URL and
ACCOUNTCTL_TOKEN; ./data; the profile "default".

Results go to the standard output, everything else to the standard error. A USER is a username, an e-mail address or a
UUID.

Exit codes: 0 done, 1 failed or refused, 2 wrong command line, 3 the log was tampered with or is damaged (audit).`

// Main runs accountctl with that command line (without the program's name) and environment, and returns its exit code:
// 0, 1 when the service refused, failed or was not found, 2 when it was called in a wrong way, 3 when audit found that
// a log is not what it should be.
func Main(args, environ []string, stdout, stderr io.Writer) int {
	return (&program{environ: environ, stdin: os.Stdin, stdout: stdout, stderr: stderr}).run(args)
}

func (p *program) run(args []string) int {
	root := p.command()
	root.SetArgs(args)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	called, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(audit.BrokenError)):
		fmt.Fprintf(p.stderr, "accountctl: the log was tampered with or is damaged: %v\n", err)
		return 3
	case p.started && !errors.As(err, new(misuse)):
		fmt.Fprintf(p.stderr, "accountctl: %v\n", err)
		return 1
	}
	fmt.Fprintf(p.stderr, "accountctl: %s (see %s --help)\n", oneLine.Replace(err.Error()), called.CommandPath())
	return 2
}

// oneLine puts the command that was probably meant behind the one that there is not.
var oneLine = strings.NewReplacer("\n\nDid you mean this?\n\t", "; there is ", "\n\t", ", ", "\n", "")

// misuse is what is wrong with the call, found out only later.
type misuse struct{ error }

type program struct {
	environ          []string
	stdin            io.Reader
	stdout, stderr   io.Writer
	data, url, token string
	profile          string
	started          bool // nothing was wrong with the call

	form, version string
	columns       []string
	all           bool
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{Use: "accountctl", Short: "Manage accounts on a running accountd service", Long: long,
		SilenceErrors: true,
		SilenceUsage:  true,
		Example: "  accountctl status\n  accountctl list users sort=-created_at\n  accountctl events tail\n  " +
			"accountctl history ann"}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.PersistentFlags().StringVar(&p.data, "data", "", "the service's data `folder`")
	root.PersistentFlags().StringVar(&p.url, "url", "", "the service's base `URL`, such as http://127.0.0.1:8080")
	root.PersistentFlags().StringVar(&p.token, "token", "", "a native API `token`")
	root.PersistentFlags().StringVar(&p.profile, "profile", p.env("ACCOUNTCTL_PROFILE"),
		"the `name` of a profile")
	_ = root.RegisterFlagCompletionFunc("profile", p.completeProfile) // the flag is there
	root.AddCommand(p.events(), p.history(), p.keys(), p.erase(), p.unlock(), p.sessions(), p.logIn(), p.logOut(),
		p.reauthenticate(), p.totp(), p.status(), p.profiles(), p.audit(), p.imports(), p.exports(), p.clashes(),
		p.variables())
	root.AddCommand(p.resources()...)
	completions(root)
	return root
}

// completions adds the command that prints completions for shells, with an example for each.
func completions(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Example = "  accountctl help events tail"
		case "completion":
			group(c).Example = "  source <(accountctl completion bash)\n  accountctl completion fish | source"
			for _, shell := range c.Commands() {
				shell.Example = "  accountctl completion " + shell.Name()
			}
		}
	}
}

const many = 1 << 20 // words at most

// words takes so many words, and says otherwise how the command is called.
func words(min, max int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if len(given) < min || len(given) > max {
			return fmt.Errorf("usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// group returns a command that only has others below it.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

// asks returns what finds the service and then runs the function.
func (p *program) asks(run func(cmd *cobra.Command, s service, words []string) error) func(*cobra.Command,
	[]string) error {
	return func(cmd *cobra.Command, words []string) error {
		p.started = true
		s, err := p.find()
		if err != nil {
			return err
		}
		return run(cmd, s, words)
	}
}

func (p *program) env(name string) string {
	for _, variable := range p.environ {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}
