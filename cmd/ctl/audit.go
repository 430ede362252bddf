package ctl

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"accountd/events/audit"
)

const auditHelp = `The log is that of a running service, of a stopped service's data folder (--data), which is copied first, or
of an export (--export). Only replay needs the master key.

Exit codes: 0 done, 1 failed or refused, 2 wrong command line, 3 the log was tampered with or is damaged.`

// auditing is what the audit commands are called with.
type auditing struct {
	*program
	export    string   // a file; "-" is stdin
	kept      []string // files with checkpoints
	key       string
	keys      bool
	masterKey string
	at        string
	stderr    io.Writer
}

func (p *program) audit() *cobra.Command {
	a := &auditing{program: p}
	root := group(&cobra.Command{Use: "audit", Short: "Export, verify and replay the log",
		Long: "Export, verify and replay the log.\n\n" + auditHelp,
		Example: "  accountctl audit verify >checkpoint\n  accountctl audit export --keys >log.ndjson\n  accountctl " +
			"audit replay clients --at 100"})
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) { a.stderr = cmd.ErrOrStderr() }
	root.AddCommand(a.exportCommand(), a.verifyCommand(), a.replayCommand())
	return root
}

func (a *auditing) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export", Short: "Print every record as it is stored, encrypted, with what is needed to verify it",
		Args:    words(0, 0),
		Example: "  accountctl audit export >log.ndjson\n  accountctl audit export --keys >log-and-keys.ndjson",
		Long: "Print every record as it is stored, encrypted, with what is needed to verify it.\n\n" + auditHelp + `

With --keys the export includes the data keys, wrapped by the master key. Whoever has the export and the master key can
read everything in it, also what is erased later. Store it as safely as a backup.`,
	}
	cmd.Flags().BoolVar(&a.keys, "keys", false, "include the data keys")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a.started = true
		in, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		_, err = io.Copy(a.stdout, in)
		return errors.Join(err, in.Close())
	}
	return cmd
}

func (a *auditing) verifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "verify", Short: "Verify that no record was changed, dropped or inserted, and print a checkpoint",
		Args: words(0, 0),
		Example: "  accountctl audit verify >checkpoint.1\n  accountctl audit verify --checkpoint checkpoint.1 " +
			">checkpoint.2",
		Long: "Verify that no record was changed, dropped or inserted, and print a checkpoint.\n\n" + auditHelp + `

Without an older checkpoint, verify can only show that the log is consistent: somebody who can recompute all records
after a change could hide the change. So store each checkpoint where the service cannot write. With --checkpoint, verify
shows that the log is the same as then, with records added.`,
	}
	cmd.Flags().StringVar(&a.export, "export", "", "the `file` of an export; - is stdin")
	cmd.Flags().StringArrayVar(&a.kept, "checkpoint", nil,
		"a `file` with an older checkpoint; may be repeated")
	cmd.Flags().StringVar(&a.key, "key", "", "the `key` that must have signed the checkpoints (default the key that "+
		"the log names)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a.started = true
		in, err := a.open(cmd.Context())
		if err != nil {
			return err
		}
		defer in.Close()
		return a.verify(in)
	}
	return cmd
}

func (a *auditing) verify(in *export) error {
	e, err := audit.ReadExport(in)
	if err != nil {
		return in.broken(err)
	}
	key := a.key
	if key == "" {
		key = e.Header.Key
	}
	kept, err := a.checkpoints(key)
	if err != nil {
		return err
	}
	bar := newProgress(a.stderr, "records", 0)
	v, err := audit.Verify(e, audit.VerifyOptions{Key: key, Kept: append(kept, in.kept...), Progress: bar.records})
	bar.clear()
	if err != nil {
		return in.broken(err)
	}
	fmt.Fprintf(a.stderr, "%d records are whole and in order%s\n", v.Size(), agreement(kept))
	if e.Header.Checkpoint == "" {
		fmt.Fprintln(a.stderr, "the checkpoint is not signed: only a running service signs")
		_, err = fmt.Fprint(a.stdout, v.Checkpoint())
		return err
	}
	fmt.Fprintf(a.stderr, "the checkpoint is signed by %s\n", key)
	_, err = io.WriteString(a.stdout, e.Header.Checkpoint)
	return err
}

func agreement(kept []audit.Checkpoint) string {
	var sizes []string
	for _, c := range kept {
		sizes = append(sizes, fmt.Sprint(c.Size))
	}
	if len(sizes) == 0 {
		return ""
	}
	return ", and go on from the " + strings.Join(sizes, " and ") + " of the checkpoint"
}

// checkpoints reads those that were kept.
func (a *auditing) checkpoints(key string) (out []audit.Checkpoint, err error) {
	for _, name := range a.kept {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a checkpoint: %w", err)
		}
		signer := key
		if !strings.Contains(string(text), "\n\n") { // it has no signatures
			signer = ""
		} else if key == "" {
			fmt.Fprintf(a.stderr, "the signature of %s is not checked: the log does not say by which key; give --key\n",
				name)
		}
		c, err := audit.ParseCheckpoint(text, signer)
		if err != nil {
			return nil, audit.BrokenError{What: fmt.Sprintf("%s: %v", name, err)}
		}
		out = append(out, c)
	}
	return out, nil
}
