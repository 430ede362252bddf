package ctl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// importKey is why an import may be repeated: a line that was imported under the same key before is not imported again.
const importKey = "accountctl import"

func (p *program) imports() *cobra.Command {
	var form, key string
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Create a user from each line of a file", Args: words(1, 1),
		Long: `Create a user from each line (a JSON object) of a file, or of the standard input for "-".

If a line is refused, the reason is printed on the standard error, the other lines are still imported, and the exit code
is 1. If an import was interrupted, repeat it with the same token and --key: lines that were imported before are
skipped.`,
		Example: "  accountctl import users.ndjson\n  accountctl export | accountctl import - --profile other",
	}
	cmd.Flags().StringVarP(&form, "output", "o", "", "the output `form`: ndjson prints the answer to each line")
	cmd.Flags().StringVar(&key, "key", importKey, "a `name` for the import, by which a repeat is recognised")
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if form != "" && form != formNDJSON {
			return fmt.Errorf("--output: must be ndjson, not %q", form)
		}
		p.started = true
		s, err := p.find()
		if err != nil {
			return err
		}
		file, size, err := openImport(words[0], cmd.InOrStdin())
		if err != nil {
			return err
		}
		defer file.Close()
		bar := newProgress(cmd.ErrOrStderr(), "lines", size)
		answer, err := s.importing(cmd.Context(), bar.reading(file), key)
		if err != nil {
			return err
		}
		defer answer.Close()
		t := tally{out: p.stdout, errs: cmd.ErrOrStderr(), whole: form == formNDJSON, bar: bar}
		return t.read(answer)
	}
	return cmd
}

// openImport opens the file and returns its size, 0 when that is not known.
func openImport(name string, stdin io.Reader) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(stdin), 0, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return file, 0, err
	}
	return file, info.Size(), nil
}

// importing sends the lines and returns the answers, which come meanwhile.
func (s service) importing(ctx context.Context, lines io.Reader, key string) (io.ReadCloser, error) {
	r, err := s.request(ctx, http.MethodPost, "/v1/users:import", lines)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	r.Header.Set("Idempotency-Key", key)
	answer, err := s.do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, refused(answer)
	}
	return answer.Body, nil
}

// tally reads the answers to an import.
type tally struct {
	out, errs         io.Writer
	whole             bool // print the answers
	bar               *progress
	imported, refused int
}

func (t *tally) read(answers io.Reader) error {
	in := bufio.NewReader(answers)
	for {
		line, err := in.ReadBytes('\n')
		switch {
		case err == nil:
			err = t.add(line)
		case errors.Is(err, io.EOF) && len(line) == 0:
			return t.end()
		}
		if err != nil {
			t.bar.clear()
			return fmt.Errorf("the answer broke off after %d lines: %w", t.imported+t.refused, err)
		}
	}
}

func (t *tally) add(line []byte) error {
	var a struct {
		Line, Status int
		Problem      struct {
			Code, Detail string
			Errors       []struct{ Pointer string }
		}
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return err
	}
	if t.whole {
		if _, err := t.out.Write(line); err != nil {
			return err
		}
	}
	if a.Status < http.StatusMultipleChoices {
		t.imported++
	} else {
		t.refused++
		t.bar.clear()
		fmt.Fprintf(t.errs, "line %d: %d %s: %s", a.Line, a.Status, a.Problem.Code, a.Problem.Detail)
		for _, e := range a.Problem.Errors {
			fmt.Fprintf(t.errs, " (%s)", member(e.Pointer))
		}
		fmt.Fprintln(t.errs)
	}
	t.bar.show(t.imported + t.refused)
	return nil
}

func (t *tally) end() error {
	t.bar.clear()
	if !t.whole {
		fmt.Fprintf(t.out, "%d imported, %d refused\n", t.imported, t.refused)
	}
	if t.refused > 0 {
		return fmt.Errorf("%d of %d lines were refused", t.refused, t.imported+t.refused)
	}
	return nil
}

func (p *program) exports() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "export [PARAMETER=VALUE]...", Short: "Print all users, one per line, as of one position of the log",
		Example: "  accountctl export --file users.ndjson\n  accountctl export 'filter[client_id]=3' sort=email\n  " +
			"accountctl export fields=username,email",
	}
	cmd.Flags().StringVar(&file, "file", "", "write to this `file`, which must not exist")
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		query, _, err := parameters(words)
		if err != nil {
			return err
		}
		p.started = true
		s, err := p.find()
		if err != nil {
			return err
		}
		if file == "" {
			return s.export(cmd.Context(), query, p.stdout, cmd.ErrOrStderr())
		}
		made, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // it holds personal data
		if err != nil {
			return err
		}
		err = errors.Join(s.export(cmd.Context(), query, made, cmd.ErrOrStderr()), made.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(file)) // what is not whole shall not look so
		}
		return err
	}
	return cmd
}

// export writes the users of a query.
func (s service) export(ctx context.Context, query string, out, errs io.Writer) error {
	var list struct{ Meta struct{ Total int64 } }
	page := "?limit=0"
	if query != "" {
		page += "&" + strings.TrimPrefix(query, "?")
	}
	if _, err := s.call(ctx, http.MethodGet, "/v1/users"+page, nil, nil, &list); err != nil {
		return err
	}
	answer, err := s.get(ctx, "/v1/users:export"+query)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return refused(answer)
	}
	bar := newProgress(errs, "lines", list.Meta.Total)
	defer bar.clear()
	if _, err := io.Copy(out, io.TeeReader(answer.Body, &lineCounter{bar: bar})); err != nil {
		return fmt.Errorf("the answer broke off: %w", err)
	}
	return nil
}

// lineCounter shows how many lines were written to it.
type lineCounter struct {
	bar   *progress
	lines int
}

func (c *lineCounter) Write(b []byte) (int, error) {
	c.lines += bytes.Count(b, []byte("\n"))
	c.bar.reached(int64(c.lines))
	c.bar.show(c.lines)
	return len(b), nil
}
