package ctl

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"
)

func (p *program) unlock() *cobra.Command {
	return &cobra.Command{
		Use: "unlock USER", Short: "Let a user log in by a password again whose log-ins failed too often",
		Args: words(1, 1), ValidArgsFunction: p.completeUser,
		Long: `Let a user log in by a password again at once, whose log-ins failed too often. Until when one has to
wait otherwise is the user's locked_until.`,
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
