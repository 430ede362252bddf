package ctl

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"
)

func (p *program) keyRotate() *cobra.Command {
	var overlap time.Duration
	cmd := &cobra.Command{Use: "rotate USER KEY",
		Short: "Give a key a new secret, and print it, which is shown only once",
		Args:  words(2, 2), ValidArgsFunction: p.completeKey,
		Long: `Give an API key (native or pterodactyl) a new secret, and print it alone, this once. The old secret
goes on working for --overlap, so that nobody is shut out while the new one is handed out.`,
		Example: "  TOKEN=$(accountctl key rotate ann 01890a5d-ac96-774b-bcce-b302099a8057 --overlap 1h)"}
	cmd.Flags().DurationVar(&overlap, "overlap", 24*time.Hour, "how `long` the old secret keeps working")
	p.forms(cmd, " (the default is plain)", formPlain, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		if overlap < 0 || overlap%time.Second != 0 {
			return misuse{fmt.Errorf("--overlap: %v is not a number of seconds from 0 up", overlap)}
		}
		if kindOf(words[1]) != keyNative {
			return misuse{fmt.Errorf("%s is no API key; of other kinds add a new one and revoke the old one", words[1])}
		}
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		body, err := json.Marshal(map[string]int64{"overlap_seconds": int64(overlap / time.Second)})
		if err != nil {
			return err
		}
		var made json.RawMessage
		path := keyPath(user, keyNative) + "/" + url.PathEscape(words[1]) + "/rotate"
		if _, err := s.call(cmd.Context(), http.MethodPost, path, body, nil, &made); err != nil {
			return explain(err, "the key "+words[1])
		}
		return p.printKey(made)
	})
	return cmd
}
