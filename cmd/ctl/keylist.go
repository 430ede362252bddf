package ctl

import (
	"encoding/json"

	"github.com/spf13/cobra"
)

func (p *program) keyList() *cobra.Command {
	var kind string
	cmd := &cobra.Command{Use: "list USER", Short: "List a user's keys of all kinds", Args: words(1, 1),
		ValidArgsFunction: p.completeUser,
		Example: "  accountctl key list ann\n  accountctl key list ann --kind ssh --columns " +
			"id,name,fingerprint",
		Long: "List a user's keys. Secrets are not shown again.\n\n" + keyHelp}
	kindFlag(cmd, &kind, "", "the `kind` (default all)")
	p.tables(cmd, formTable, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		if err := checkKind(kind); err != nil {
			return err
		}
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		out := p.printer("kind", "id", "name", "expires_at", "last_used_at")
		for _, of := range []string{keyNative, keySigning, keySSH} {
			if kind != "" && keyResource(kind) != keyResource(of) {
				continue
			}
			if err := s.eachKey(cmd.Context(), user, of,
				func(k key) error { return printKey(out, k, kind) }); err != nil {
				return err
			}
		}
		return out.end()
	})
	return cmd
}

func printKey(out *printer, k key, kind string) error {
	if kind != "" && k.Kind != kind {
		return nil
	}
	line, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return out.add(line)
}
