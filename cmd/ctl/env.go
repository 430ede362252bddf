package ctl

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"accountd/cmd/adminfile"
)

const envHelp = `Print the service's address and the administrator's credentials as shell variables: base_url,
username, password, token and everything else in admin.json in the data folder.

The variables are not exported, so programs that the shell starts do not get them.`

// variables is the command that prints the administrator's file for a shell.
func (p *program) variables() *cobra.Command {
	return &cobra.Command{
		Use: "env", Short: "Print the service's address and the administrator's credentials as shell variables",
		Long: envHelp, Args: words(0, 0),
		Example: "  eval \"$(accountctl env)\"\n  accountctl env --data /var/lib/accountd",
		RunE: func(*cobra.Command, []string) error {
			p.started = true
			return p.printVariables()
		},
	}
}

func (p *program) printVariables() error {
	f, err := adminfile.Read(filepath.Join(cmp.Or(p.data, defaultData), adminfile.Name))
	if err != nil {
		return err
	}
	content, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("reading the administrator's file: %w", err)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(content, &members); err != nil {
		return fmt.Errorf("reading the administrator's file: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := string(members[name]) // a number stays as it is
		_ = json.Unmarshal(members[name], &value)
		fmt.Fprintf(p.stdout, "%s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	return nil
}
