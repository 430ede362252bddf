package ctl

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

func (p *program) keyRevoke() *cobra.Command {
	cmd := &cobra.Command{Use: "revoke USER KEY...", Short: "Revoke a user's keys; they stop working at once",
		Args:              words(2, many),
		ValidArgsFunction: p.completeKey,
		Example: "  accountctl key revoke ann 01890a5d-ac96-774b-bcce-b302099a8057\n  accountctl key revoke ann 3  # " +
			"an SSH key",
		Long: "Revoke a user's keys; they stop working at once. KEY is an id from accountctl key list."}
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		for _, id := range words[1:] {
			path := keyPath(user, kindOf(id)) + "/" + url.PathEscape(id)
			if _, err := s.call(cmd.Context(), http.MethodDelete, path, nil, nil, nil); err != nil {
				return explain(err, "the key "+id)
			}
		}
		return nil
	})
	return cmd
}

// kindOf tells from a key's id where it is: SSH keys have numbers, API keys UUIDs.
func kindOf(id string) string {
	if isNumber(id) {
		return keySSH
	}
	if uuid.Validate(id) == nil {
		return keyNative
	}
	return keySigning
}
