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
	cmd := group(&cobra.Command{Use: "totp", Short: "Manage a user's second factor (an authenticator app)",
		Long: `Manage a user's second factor for log-ins with a password: codes from an authenticator app, and recovery
codes in case the app is lost. Only the user can add one; an administrator can remove it. Keys need no second factor.`,
		Example: `  accountctl totp add ann --profile ann | qrencode -t ansiutf8
  accountctl totp confirm ann 123456 --profile ann >recovery-codes
  accountctl totp remove ann`})
	show := &cobra.Command{Use: "show USER", Short: "Show whether a user has a second factor, and how many recovery " +
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
		"Confirm a second factor with a code from the app, and print recovery codes, which are shown only once"),
		p.withCode("recovery-codes", "Replace the recovery codes, and print the new ones, which are shown only once"),
		remove)
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
	cmd := &cobra.Command{Use: "add USER", Short: "Print a secret for an authenticator app, which is shown only once",
		Args: words(1, 1), ValidArgsFunction: p.completeUser,
		Long: "Print a secret for an authenticator app, which is shown only once, as the URL that such apps read\n" +
			"from a QR code. The second factor takes effect when a code from the app is confirmed (accountctl totp\n" +
			"confirm).",
		Example: "  accountctl totp add ann | qrencode -t ansiutf8\n  accountctl totp add ann -o json"}
	p.forms(cmd, " (the default is plain)", formPlain, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.factor(func(ctx context.Context, s service, path string) error {
		var made json.RawMessage
		if _, err := s.call(ctx, http.MethodPost, path, nil, nil, &made); err != nil {
			return err
		}
		fmt.Fprintln(p.stderr, "accountctl: confirm it with accountctl totp confirm")
		return p.printSecrets(made, "uri")
	})
	return cmd
}

// withCode returns a command that sends a code of the app, and prints the recovery codes that it answers with.
func (p *program) withCode(name, short string) *cobra.Command {
	cmd := &cobra.Command{Use: name + " USER [CODE]", Short: short, Args: words(1, 2),
		ValidArgsFunction: p.completeUser,
		Long: short + ".\n\nWithout CODE the command asks for it. Each recovery code works once, instead of a " +
			"code from the app.",
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
