package ctl

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"
)

func (p *program) unlock() *cobra.Command {
	return &cobra.Command{
		Use: "unlock USER", Short: "Unlock a user whose log-ins failed too often",
		Args: words(1, 1), ValidArgsFunction: p.completeUser,
		Long: `Unlock a user whose log-ins failed too often, so that the user can log in with a password at once.
Otherwise the user has to wait until its locked_until.`,
		Example: "  accountctl unlock ann\n  accountctl get users/ann --columns username,locked_until",
		RunE: p.asks(func(cmd *cobra.Command, s service, words []string) error {
			id, err := s.user(cmd.Context(), words[0])
			if err != nil {
				return err
			}
			var user json.RawMessage // which a key that may not read is not shown
			_, err = s.call(cmd.Context(), http.MethodPost, "/v1/users/"+id+"/unlock", nil, nil, &user)
			return err
		}),
	}
}
