package ctl

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// The forms of output.
const (
	formTable  = "table"
	formJSON   = "json"
	formYAML   = "yaml"
	formNDJSON = "ndjson"
	formPlain  = "plain" // a secret and nothing else
)

// forms gives a command the flag --output with these forms, of which about says what each is for, and refuses others.
func (p *program) forms(cmd *cobra.Command, about string, all ...string) {
	cmd.Flags().StringVarP(&p.form, "output", "o", "", "`form`: "+enumeration(all)+about)
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if p.form != "" && !slices.Contains(all, p.form) {
			return fmt.Errorf("--output: must be %s, not %q", enumeration(all), p.form)
		}
		return nil
	}
	// the flag is there
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp))
}

// tables gives a command the flags of a list.
func (p *program) tables(cmd *cobra.Command, all ...string) {
	p.forms(cmd, " (the default is table)", all...)
	p.columnsFlag(cmd)
}

func (p *program) columnsFlag(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&p.columns, "columns", nil, "the table's `columns`, such as number,email,profile.city")
}

// enumeration returns such as "table, json or yaml".
func enumeration(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
