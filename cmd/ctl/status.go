package ctl

import (
	"errors"
	"io"
	"net/http"

	"github.com/spf13/cobra"
)

func (p *program) status() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Say whether the service is ready; exit code 1 when it is not", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p.started = true
			s, err := p.find()
			if err != nil {
				return err
			}
			answer, err := s.get(cmd.Context(), "/readyz?verbose")
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			if _, err := io.Copy(p.stdout, answer.Body); err != nil {
				return err
			}
			if answer.StatusCode != http.StatusOK {
				return errors.New("the service is not ready")
			}
			return nil
		},
	}
}
