package ctl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) erase() *cobra.Command {
	var sure bool
	cmd := &cobra.Command{
		Use: "erase USER", Short: "Erase a user's personal data for good", Args: words(1, 1),
		ValidArgsFunction: p.completeUser,
		Long: `Delete a user, if it still exists, and destroy the key with which everything about the person is
encrypted. Afterwards nobody can read it any more: not in the log, in the feed, or in lists. The history still shows
which events there were. This cannot be undone.

The command asks you to repeat the name, unless you give --yes. For a deleted user, give the UUID.`,
		Example: "  accountctl erase ann\n  accountctl erase 01890a5d-ac96-774b-bcce-b302099a8057 --yes",
	}
	cmd.Flags().BoolVar(&sure, "yes", false, "do not ask for confirmation")
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		id, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		if !sure {
			if err := p.confirm(words[0], cmd.InOrStdin()); err != nil {
				return err
			}
		}
		_, err = s.call(cmd.Context(), http.MethodPost, "/v1/users/"+id+"/erase", nil, nil, nil)
		return err
	})
	return cmd
}

// confirm returns nil when the name is typed again, on a terminal.
func (p *program) confirm(name string, stdin io.Reader) error {
	if !isTerminal(stdin) {
		return misuse{errors.New("this cannot be undone; --yes says that it is meant")}
	}
	fmt.Fprintf(p.stderr, "This cannot be undone. Type %q to erase the user: ", name)
	typed, err := bufio.NewReader(stdin).ReadString('\n')
	if err != nil || strings.TrimSpace(typed) != name {
		return errors.New("that is not the name; nothing was erased")
	}
	return nil
}
