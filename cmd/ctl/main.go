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

const long = `accountctl asks a running accountd.

It finds the service by --url and --token, or by the data folder (--data), where the first start left admin.json, or by a
profile (--profile or ACCOUNTCTL_PROFILE, see accountctl profile), or by ACCOUNTCTL_URL and ACCOUNTCTL_TOKEN; without any of
them it looks into ./data.

Exit codes: 0 done, 1 failed or refused, 2 called in a wrong way, 3 a log is not what it should be (audit).`

// Main runs accountctl with that command line (without the program's name) and environment, and returns its exit code: 0, 1
// when the service refused, failed or was not found, 2 when it was called in a wrong way, 3 when audit found that a log is not
// what it should be.
func Main(args, environ []string, stdout, stderr io.Writer) int {
	p := &program{environ: environ, stdout: stdout}
	root := p.command()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(audit.BrokenError)):
		fmt.Fprintf(stderr, "accountctl: the log is not what it should be: %v\n", err)
		return 3
	case p.started:
		fmt.Fprintf(stderr, "accountctl: %v\n", err)
		return 1
	}
	fmt.Fprintf(stderr, "accountctl: %v (see accountctl --help)\n", err)
	return 2
}

type program struct {
	environ          []string
	stdout           io.Writer
	data, url, token string
	profile          string
	started          bool // nothing was wrong with the call

	form, version string
	columns       []string
	all           bool
}

func (p *program) command() *cobra.Command {
	root := &cobra.Command{Use: "accountctl", Short: "Ask a running accountd", Long: long, SilenceErrors: true, SilenceUsage: true}
	root.PersistentFlags().StringVar(&p.data, "data", "", "the service's data `folder`")
	root.PersistentFlags().StringVar(&p.url, "url", "", "the service's base `URL`, such as http://127.0.0.1:8080")
	root.PersistentFlags().StringVar(&p.token, "token", "", "a native API `token`")
	root.PersistentFlags().StringVar(&p.profile, "profile", p.env("ACCOUNTCTL_PROFILE"), "the `name` of a stored service")
	root.AddCommand(p.events(), p.status(), p.profiles(), p.audit(), p.imports(), p.exports())
	root.AddCommand(p.resources()...)
	return root
}

func (p *program) env(name string) string {
	for _, variable := range p.environ {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}
