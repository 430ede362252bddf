package ctl

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"accountd/commands"
)

const clashesHelp = `List accounts that share a username, e-mail address or external id. The service refuses such names
today, but an older release did not see that they are the same, such as a@münchen.example and
a@xn--mnchen-3ya.example, which are one mailbox.

These accounts still work: each logs in with its name as it was written. No other account can get the name. The exit
code is 1 if there are any.`

// clash is an account that has a name in common with another.
type clash struct {
	Name     string `json:"name"` // as it is compared
	Number   int64  `json:"number"`
	Username string `json:"username"`
	Email    string `json:"email"`
	External string `json:"external_id"`
	Active   bool   `json:"active"`
	ID       string `json:"id"`
}

func (p *program) clashes() *cobra.Command {
	cmd := &cobra.Command{Use: "clashes", Short: "List accounts that share a name; exit code 1 if there are any",
		Long: clashesHelp, Args: words(0, 0), Example: "  accountctl clashes\n  accountctl clashes -o ndjson"}
	p.tables(cmd, formTable, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, _ []string) error {
		found, err := s.clashes(cmd.Context())
		if err != nil {
			return err
		}
		out := p.printer("name", "number", "username", "email", "external_id", "active", "id")
		for _, c := range found {
			line, err := json.Marshal(c)
			if err == nil {
				err = out.add(line)
			}
			if err != nil {
				return err
			}
		}
		if err := out.end(); err != nil {
			return err
		}
		if len(found) > 0 {
			return errors.New("some accounts share a name")
		}
		return nil
	})
	return cmd
}

// clashes returns them by name.
func (s service) clashes(ctx context.Context) ([]clash, error) {
	answer, err := s.get(ctx, "/v1/users:export?fields=id,number,username,email,external_id,active")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, refused(answer)
	}
	return clashesIn(answer.Body)
}

// clashesIn reads users, a line each.
func clashesIn(lines io.Reader) (out []clash, err error) {
	first, more := map[string]clash{}, map[string][]clash{}
	for in := json.NewDecoder(bufio.NewReader(lines)); ; {
		var u clash
		if err := in.Decode(&u); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("the answer broke off: %w", err)
		}
		for _, key := range u.keys() {
			if before, taken := first[key]; !taken {
				first[key] = u
			} else if before.ID != u.ID {
				more[key] = append(more[key], u)
			}
		}
	}
	for key, users := range more {
		for _, u := range append(users, first[key]) {
			u.Name = key[1:]
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b clash) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Number, b.Number))
	})
	return out, nil
}

// keys are what the user's names are compared by; external ids are compared among themselves.
func (c clash) keys() []string {
	out := []string{"n" + commands.Folded(c.Username), "n" + commands.Folded(c.Email)}
	if c.External != "" {
		out = append(out, "e"+commands.Folded(c.External))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
