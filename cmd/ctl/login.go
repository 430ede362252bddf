package ctl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// defaultProfile is where a session is stored when no profile is named.
const defaultProfile = "default"

const logInHelp = `Log in with a password and, if the user has a second factor, a code. The command asks for them without
showing what you type; without a terminal it reads them from the first lines of the standard input. The session is
stored in the profile that --profile names (default "default"), in a file that only its owner can read. It ends after a
day, or with accountctl log-out.

Commands that you call with this profile, by --profile or ACCOUNTCTL_PROFILE, then act as the user. The profile
"default" is also used when you do not say where the service is and there is no ./data.`

func (p *program) logIn() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use: "log-in [USERNAME]", Short: "Log in with a password, and store the session in a profile", Long: logInHelp,
		Args: words(0, 1),
		Example: `  accountctl log-in ann --url https://accounts.example.org
  accountctl log-in ann --profile live
  accountctl log-in ann --url http://127.0.0.1:8080 --profile test <password`,
	}
	codeFlag(cmd, &code)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		ask := newAsking(cmd.InOrStdin(), cmd.ErrOrStderr())
		name, err := ask.line("Username", words)
		if err != nil {
			return err
		}
		password, err := ask.secret(fmt.Sprintf("Password of %s at %s", name, s.url))
		if err != nil {
			return err
		}
		var made profile
		err = ask.withCode(code, func(code string) error {
			made, err = s.logIn(cmd.Context(), name, password, code)
			return err
		})
		if err != nil {
			return err
		}
		profile := cmp.Or(p.profile, defaultProfile)
		if err := p.keep(profile, made); err != nil {
			return err
		}
		fmt.Fprintf(p.stderr, "accountctl: logged in as %s until %s; --profile %s acts as this user\n", made.User,
			made.Ends.UTC().Format(time.RFC3339), profile)
		return nil
	})
	return cmd
}

// logIn returns the profile of a new session.
func (s service) logIn(ctx context.Context, name, password, code string) (profile, error) {
	var made struct {
		Token     string
		ExpiresAt time.Time `json:"expires_at"`
		User      struct{ Username string }
	}
	err := service{url: s.url}.prove(ctx, "/v1/sessions", map[string]string{"username": name, "password": password},
		code, &made)
	return profile{URL: s.url, Token: made.Token, User: made.User.Username, Ends: made.ExpiresAt}, err
}

// prove sends what is known, with the code if there is one.
func (s service) prove(ctx context.Context, path string, known map[string]string, code string, out any) error {
	if code != "" {
		known["code"] = code
	}
	body, err := json.Marshal(known)
	if err == nil {
		_, err = s.call(ctx, http.MethodPost, path, body, nil, out)
	}
	return err
}

const reauthenticateHelp = `Give a session's password again and, if the user has a second factor, a code. Changes that
decide who gets in or who may do what, such as a new password, a key or a second factor, require a session whose
password was given within the last 15 minutes. Keys do not need this. Without a terminal the command reads the password
and the code from the first lines of the standard input.`

func (p *program) reauthenticate() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use: "reauthenticate", Short: "Give a session's password again", Long: reauthenticateHelp,
		Args:    words(0, 0),
		Example: "  accountctl reauthenticate\n  accountctl reauthenticate --profile live --code 123456 <password",
	}
	codeFlag(cmd, &code)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, _ []string) error {
		ask := newAsking(cmd.InOrStdin(), cmd.ErrOrStderr())
		password, err := ask.secret("Password of the session at " + s.url)
		if err != nil {
			return err
		}
		return ask.withCode(code, func(code string) error {
			var session json.RawMessage // which says nothing new
			return s.prove(cmd.Context(), "/v1/sessions/current/reauthenticate",
				map[string]string{"password": password}, code, &session)
		})
	})
	return cmd
}

func codeFlag(cmd *cobra.Command, code *string) {
	cmd.Flags().StringVar(code, "code", "", "a `code` of the second factor, or a recovery code; the command "+
		"asks for it if it is needed")
}

// keep stores a profile under the name.
func (p *program) keep(name string, made profile) error {
	all, err := p.stored()
	if err != nil {
		return err
	}
	all[name] = made
	return p.store(all)
}

func (p *program) logOut() *cobra.Command {
	return &cobra.Command{
		Use: "log-out", Short: "End a profile's session", Args: words(0, 0),
		Long:    `End the session that accountctl log-in stored in a profile (--profile, default "default"), and delete its token.`,
		Example: "  accountctl log-out\n  accountctl log-out --profile live",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.started = true
			name := cmp.Or(p.profile, defaultProfile)
			all, err := p.stored()
			if err != nil {
				return err
			}
			found := all[name]
			if found.User == "" {
				return fmt.Errorf("the profile %q has no session; accountctl profile list shows those that have one",
					name)
			}
			s := service{url: found.URL, token: found.Token}
			_, err = s.call(cmd.Context(), http.MethodDelete, "/v1/sessions/current", nil, nil, nil)
			if r := new(refusal); err != nil && (!errors.As(err, r) || r.status != http.StatusUnauthorized) {
				// 401: it has ended already
				return err
			}
			return p.keep(name, profile{URL: found.URL})
		},
	}
}
