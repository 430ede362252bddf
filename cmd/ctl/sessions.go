package ctl

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"
)

const sessionsHelp = `A session is a log-in, or a grant to an application. The kinds are native (such as accountctl's own
sessions), browser (the pages on which users log in for applications), application (what an application got with the
user's password or consent, or with its own secret) and danube (a token of Danube's API).`

func (p *program) sessions() *cobra.Command {
	cmd := &cobra.Command{Use: "sessions USER", Short: "List and end a user's sessions", Args: words(1, 1),
		ValidArgsFunction: p.completeUser,
		Example: "  accountctl sessions ann\n  accountctl sessions ann --columns " +
			"id,kind,application.name,user_agent",
		Long: "List a user's sessions, the newest first: your own, or those of a user whom you may manage.\n\n" +
			sessionsHelp}
	p.tables(cmd, formTable, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		out := p.printer("id", "kind", "created_at", "last_used_at", "address", "second_factor")
		err = s.pages(cmd.Context(), sessionsPath(user), func(p page) (bool, error) {
			for _, raw := range p.Data {
				if err := out.add(raw); err != nil {
					return false, err
				}
			}
			return true, nil
		})
		if err != nil {
			return err
		}
		return out.end()
	})
	cmd.AddCommand(p.endSessions())
	return cmd
}

func (p *program) endSessions() *cobra.Command {
	var keep bool
	cmd := &cobra.Command{Use: "end USER [ID...]", Short: "End a user's sessions, at once and on every instance",
		Args: words(1, many), ValidArgsFunction: p.completeUser,
		Example: `  accountctl sessions end ann 01890a5d-ac96-774b-bcce-b302099a8057
  accountctl sessions end ann                 # all of them
  accountctl sessions end ann --keep-current  # all others, as ann`,
		Long: `End a user's sessions, at once and on every instance: those with the given ids from accountctl
sessions, or all of them. Keys stay; accountctl key revoke ends them. The user can log in again.

` + sessionsHelp}
	cmd.Flags().BoolVar(&keep, "keep-current", false, "keep the session that accountctl itself uses")
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		if keep && len(words) > 1 {
			return misuse{errors.New("--keep-current: ends all other sessions, so give no ids")}
		}
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		if len(words) == 1 {
			path := sessionsPath(user)
			if keep {
				path += "?keep=current"
			}
			_, err = s.call(cmd.Context(), http.MethodDelete, path, nil, nil, nil)
			return err
		}
		for _, id := range words[1:] {
			if _, err := s.call(cmd.Context(), http.MethodDelete, sessionsPath(user)+"/"+url.PathEscape(id), nil, nil,
				nil); err != nil {
				return explain(err, "the session "+id)
			}
		}
		return nil
	})
	return cmd
}

func sessionsPath(user string) string { return "/v1/users/" + user + "/sessions" }
