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

const logInHelp = `Log in by a password, which is asked for and not shown, and a code, for who has a second factor;
without a terminal they are the first lines of the standard input. The session is stored in the profile that --profile
names (the default is "default"), in a file that its owner alone can read, and ends after a day, or by accountctl
log-out.

What acts as the user is then what is called with that profile: with --profile or ACCOUNTCTL_PROFILE, and with the
profile "default" also what is called without saying where the service is, when there is no ./data.`

func (p *program) logIn() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use: "log-in [USERNAME]", Short: "Log in by a password, and store the session in a profile", Long: logInHelp,
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

const reauthenticateHelp = `Give the password of a session again, and a code, for who has a second factor. What
decides who gets in, or may do what, such as a new password, a key or a second factor, takes a session whose password
was given within the last quarter of an hour. Keys need none of that. Without a terminal the password and the code are
the first lines of the standard input.`

func (p *program) reauthenticate() *cobra.Command {
	var code string
	cmd := &cobra.Command{
		Use: "reauthenticate", Short: "Give the password of a session again", Long: reauthenticateHelp,
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
	cmd.Flags().StringVar(code, "code", "", "a `code` of the second factor, or a recovery code; asked for where it "+
		"is needed")
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
		Use: "log-out", Short: "End the session of a profile", Args: words(0, 0),
		Long:    `End the session that accountctl log-in stored in a profile (--profile, the default is "default"), and forget its token.`,
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
