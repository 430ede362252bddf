package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) totp() *cobra.Command {
	cmd := group(&cobra.Command{Use: "totp", Short: "Keep one's second factor for log-ins by password: an " +
		"authenticator app",
		Long: `Keep one's second factor for log-ins by password: codes of an authenticator app, and recovery codes for
who has lost it. Only the user adds one, an administrator may remove it. Keys need no second factor.`,
		Example: `  accountctl totp add ann --profile ann | qrencode -t ansiutf8
  accountctl totp confirm ann 123456 --profile ann >recovery-codes
  accountctl totp remove ann`})
	show := &cobra.Command{Use: "show USER", Short: "Say whether a user has a second factor, and how many recovery " +
		"codes are left",
		Example: "  accountctl totp show ann", RunE: p.factor(func(ctx context.Context, s service, path string) error {
			var factor json.RawMessage
			if _, err := s.call(ctx, http.MethodGet, path, nil, nil, &factor); err != nil {
				return err
			}
			return p.printer("confirmed", "recovery_codes_left").object(factor)
		})}
	p.forms(show, " (the default is yaml)", formTable, formJSON, formYAML, formNDJSON)
	p.columnsFlag(show)
	remove := &cobra.Command{Use: "remove USER", Short: "Remove a second factor",
		Example: "  accountctl totp remove ann",
		RunE: p.factor(func(ctx context.Context, s service, path string) error {
			_, err := s.call(ctx, http.MethodDelete, path, nil, nil, nil)
			return err
		})}
	for _, c := range []*cobra.Command{show, remove} {
		c.Args, c.ValidArgsFunction = words(1, 1), p.completeUser
	}
	cmd.AddCommand(show, p.totpAdd(), p.withCode("confirm",
		"Put a second factor into force by a code of the app, and print recovery codes, this once"),
		p.withCode("recovery-codes", "Print new recovery codes, this once, in place of those before"), remove)
	return cmd
}

// factor returns what runs with the path of a user's second factor.
func (p *program) factor(run func(ctx context.Context, s service, path string) error) func(*cobra.Command,
	[]string) error {
	return p.asks(func(cmd *cobra.Command, s service, words []string) error {
		id, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		return run(cmd.Context(), s, "/v1/users/"+id+"/totp")
	})
}

func (p *program) totpAdd() *cobra.Command {
	cmd := &cobra.Command{Use: "add USER", Short: "Print a secret for an authenticator app, this once",
		Args: words(1, 1), ValidArgsFunction: p.completeUser,
		Long: "Print a secret for an authenticator app, this once, as the address that such apps read from a QR " +
			"code. It counts when a code of the app was\nconfirmed (accountctl totp confirm).",
		Example: "  accountctl totp add ann | qrencode -t ansiutf8\n  accountctl totp add ann -o json"}
	p.forms(cmd, " (the default is plain)", formPlain, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.factor(func(ctx context.Context, s service, path string) error {
		var made json.RawMessage
		if _, err := s.call(ctx, http.MethodPost, path, nil, nil, &made); err != nil {
			return err
		}
		fmt.Fprintln(p.stderr, "accountctl: accountctl totp confirm puts it into force")
		return p.printSecrets(made, "uri")
	})
	return cmd
}

// withCode returns a command that sends a code of the app, and prints the recovery codes that it answers with.
func (p *program) withCode(name, short string) *cobra.Command {
	cmd := &cobra.Command{Use: name + " USER [CODE]", Short: short, Args: words(1, 2),
		ValidArgsFunction: p.completeUser,
		Long: short + ". Without CODE it asks for it. Each recovery code logs in once, in place of a " +
			"code of the app.",
		Example: "  accountctl totp " + name + " ann >recovery-codes\n  accountctl totp " + name +
			" ann 123456 -o json"}
	p.forms(cmd, " (the default is plain)", formPlain, formJSON, formYAML, formNDJSON)
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		return p.factor(func(ctx context.Context, s service, path string) error {
			code, err := newAsking(cmd.InOrStdin(), cmd.ErrOrStderr()).code(words[1:])
			if err != nil {
				return err
			}
			body, err := json.Marshal(map[string]string{"code": code})
			if err != nil {
				return err
			}
			var made json.RawMessage
			if _, err := s.call(ctx, http.MethodPost, path+"/"+name, body, nil, &made); err != nil {
				return err
			}
			return p.printSecrets(made, "recovery_codes")
		})(cmd, words)
	}
	return cmd
}

// printSecrets prints the member alone, a line for each of a list, unless another form is asked for.
func (p *program) printSecrets(made json.RawMessage, member string) error {
	if p.form != "" && p.form != formPlain {
		return p.printer().object(made)
	}
	var of members
	if err := json.Unmarshal(made, &of); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	_, err := fmt.Fprintln(p.stdout, strings.ReplaceAll(cell(of.value(member)), ",", "\n"))
	return err
}

// needsCode reports whether a log-in was refused for want of a second factor alone.
func needsCode(err error) bool {
	var r refusal
	return errors.As(err, &r) && r.code == "second_factor_required"
}
