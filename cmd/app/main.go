package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"accountd/events/engine"
	"accountd/http/rest/openapi"
)

// The exit codes of Main.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // the program was called in a wrong way
	exitStore  = 3 // writing to the disk failed; started again, the service opens its store anew
)

// Main runs accountd with that command line (without the program's name) and environment until it ends or is told to by
// SIGTERM or SIGINT, and returns its exit code: 0, 1 when it failed, 2 when it was called in a wrong way, 3 when the
// store has failed.
func Main(args, environ []string, stdout, stderr io.Writer) int {
	m := &program{environ: environ, stdout: stdout, stderr: stderr}
	root := m.command()
	root.SetArgs(joined(args, m.flags))
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	switch {
	case err == nil:
		return exitDone
	case m.started:
		fmt.Fprintf(stderr, "accountd: %v\n", err)
		if errors.Is(err, engine.ErrBroken) {
			return exitStore
		}
		return exitFailed
	}
	fmt.Fprintf(stderr, "accountd: %v (see accountd --help)\n", err)
	return exitUsage
}

// joined puts the value of a flag that may stand without one behind an equals sign, so that "--switch on" means what it
// says.
func joined(args []string, flags []*flag) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		bare := slices.ContainsFunc(flags, func(f *flag) bool { return f.bare != "" && args[i] == "--"+f.name })
		if bare && i+1 < len(args) && (args[i+1] == "on" || args[i+1] == "off") {
			out = append(out, args[i]+"="+args[i+1])
			i++
			continue
		}
		out = append(out, args[i])
	}
	return out
}

type program struct {
	environ        []string
	stdout, stderr io.Writer
	flags          []*flag
	newKey         string // of rotate-master-key
	started        bool   // nothing was wrong with the call
}

func (m *program) command() *cobra.Command {
	root := &cobra.Command{
		Use: "accountd", Short: "accountd is an account service: several REST APIs over one log of events",
		Args: cobra.NoArgs, RunE: m.serve, SilenceErrors: true, SilenceUsage: true,
	}
	m.flags = flags(root.PersistentFlags())
	root.SetHelpFunc(m.help)
	rotate := &cobra.Command{Use: "rotate-master-key",
		Short: "Wrap the data keys with a new master key, while the service is stopped",
		Args:  cobra.NoArgs, RunE: m.rotate}
	rotate.Flags().StringVar(&m.newKey, "new-key-file", "", "the new key's file, created if it does not exist")
	root.AddCommand(
		&cobra.Command{Use: "admin-reset", Short: "Set new credentials for the administrator, while the service is " +
			"stopped",
			Args: cobra.NoArgs, RunE: m.adminReset},
		rotate,
		&cobra.Command{Use: "openapi", Short: "Print the OpenAPI document of all APIs", Args: cobra.NoArgs,
			RunE: m.openapi},
		&cobra.Command{Use: "serve", Short: "Run the service (the default)", Args: cobra.NoArgs,
			RunE: m.serve},
		&cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs, RunE: m.version},
	)
	return root
}

func (m *program) serve(cmd *cobra.Command, _ []string) error {
	return m.run(cmd, func(ctx context.Context, c Config) error { return Run(ctx, c, m.stderr, Hooks{}) })
}

// run does what the command is for until it is done or the program is told to end.
func (m *program) run(cmd *cobra.Command, do func(context.Context, Config) error) error {
	c, err := load(cmd.Flags(), m.flags, m.environ)
	if err != nil {
		return err
	}
	m.started = true
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return do(ctx, c)
}

func (m *program) rotate(cmd *cobra.Command, _ []string) error {
	return m.run(cmd, func(ctx context.Context, c Config) error { return RotateMasterKey(ctx, c, m.newKey, m.stderr) })
}

func (m *program) adminReset(cmd *cobra.Command, _ []string) error {
	return m.run(cmd, func(ctx context.Context, c Config) error { return ResetAdministrator(ctx, c, m.stderr) })
}

// openapi prints what a running service has at /openapi.json.
func (m *program) openapi(*cobra.Command, []string) error {
	m.started = true
	out := json.NewEncoder(m.stdout)
	out.SetIndent("", " ")
	return out.Encode(openapi.Document(described()...))
}

func (m *program) version(*cobra.Command, []string) error {
	fmt.Fprintln(m.stdout, "accountd", currentBuild())
	return nil
}
