package ctl

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"accountd/commands"
)

// keyAdd is what key add is called with.
type keyAdd struct {
	*program
	kind, name       string
	ends             endFlag
	permissions, ips []string
}

func (p *program) keyAdd() *cobra.Command {
	k := &keyAdd{program: p}
	cmd := &cobra.Command{Use: "add USER [FILE]", Short: "Add a key, and print its secret, which is shown only once",
		Args: words(1, 2), ValidArgsFunction: p.completeUser,
		Example: `  TOKEN=$(accountctl key add ann --name CI --permission users=read --expires 720h)
  accountctl key add ann --kind pterodactyl --allow-ip 10.0.0.0/8 -o json
  accountctl key add ann --kind signing --name backup  # prints ID:SECRET
  accountctl key add ann --kind ssh ~/.ssh/id_ed25519.pub`,
		Long: `Add a key to a user. In the plain form only the secret is printed; it is not shown again. For a
signing key that is ID:SECRET. An SSH key is read from FILE (- is the standard input), and its number is printed.

` + keyHelp}
	kindFlag(cmd, &k.kind, keyNative, "the `kind`")
	cmd.Flags().StringVar(&k.name, "name", "", "the key's `name` (for an SSH key, default its comment)")
	cmd.Flags().Var(&k.ends, "expires",
		"the `time` when it expires, such as 2030-01-02, or how long it lasts, such as 720h")
	cmd.Flags().StringSliceVar(&k.permissions, "permission", nil,
		"a `permission`, such as users=read; without any, the key may do what the user may")
	cmd.Flags().StringSliceVar(&k.ips, "allow-ip", nil,
		"an `address` or network that may use the key; without any, all may")
	p.forms(cmd, " (the default is plain)", formPlain, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		body, err := k.body(words[1:], cmd.InOrStdin())
		if err != nil {
			return err
		}
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		var made json.RawMessage
		if _, err := s.call(cmd.Context(), http.MethodPost, keyPath(user, k.kind), body, nil, &made); err != nil {
			return err
		}
		return p.printKey(made)
	})
	return cmd
}

// body returns the request. Every error is a misuse but that of a file.
func (k *keyAdd) body(files []string, stdin io.Reader) ([]byte, error) {
	if err := errors.Join(checkKind(k.kind), k.fits(len(files))); err != nil {
		return nil, err
	}
	body := map[string]any{}
	named := "memo"
	if k.kind == keySigning {
		named = "name"
	}
	for name, value := range map[string]string{named: k.name, "expires_at": string(k.ends)} {
		if value != "" {
			body[name] = value
		}
	}
	if k.kind == keyNative || k.kind == keyPanel {
		body["kind"] = k.kind
	}
	if k.ips != nil {
		body["allowed_ips"] = k.ips
	}
	if k.kind == keySSH {
		text, err := readFile(files[0], stdin)
		if err != nil {
			return nil, err
		}
		line, err := commands.SSHKeyLine(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", files[0], err) // a private key does not leave this machine
		}
		body = map[string]any{"key": line, "title": cmp.Or(k.name, titleOf(line, files[0]))}
	}
	if err := k.permit(body); err != nil {
		return nil, err
	}
	return json.Marshal(body)
}

// permit puts the permissions into a request.
func (k *keyAdd) permit(body map[string]any) error {
	for _, p := range k.permissions {
		name, level, ok := strings.Cut(p, "=")
		if !ok {
			return misuse{fmt.Errorf("--permission: %q is not of the form users=read", p)}
		}
		if err := put(body, []string{"permissions", name}, level); err != nil {
			return misuse{fmt.Errorf("--permission: %w", err)}
		}
	}
	return nil
}

// fits refuses what keys of the kind do not have.
func (k *keyAdd) fits(files int) error {
	api := k.kind == keyNative || k.kind == keyPanel
	for _, flag := range []struct {
		name        string
		given, fits bool
	}{
		{"expires", k.ends != "", api},
		{"allow-ip", k.ips != nil, api},
		{"permission", k.permissions != nil, k.kind != keySSH},
	} {
		if flag.given && !flag.fits {
			return misuse{fmt.Errorf("--%s: keys of the kind %s have none", flag.name, k.kind)}
		}
	}
	switch {
	case k.kind == keySSH && files == 0:
		return misuse{errors.New("which key? Give the file with the public key, such as ~/.ssh/id_ed25519.pub")}
	case k.kind != keySSH && files > 0:
		return misuse{errors.New("a file is read for --kind ssh alone")}
	}
	return nil
}

// titleOf returns the comment of a public key's line, or the file's name where there is none.
func titleOf(line, file string) string {
	if words := strings.Fields(line); len(words) > 2 {
		return strings.Join(words[2:], " ")
	}
	return strings.TrimSuffix(filepath.Base(file), ".pub")
}

// readFile returns what is in a file, or in the standard input for "-".
func readFile(name string, stdin io.Reader) (string, error) {
	if name != "-" {
		text, err := os.ReadFile(name)
		return string(text), err
	}
	text, err := io.ReadAll(stdin)
	return string(text), err
}

// printKey prints a key that was made: its secret alone, unless another form is asked for.
func (p *program) printKey(made json.RawMessage) error {
	if p.form != "" && p.form != formPlain {
		return p.printer().object(made)
	}
	var k struct {
		ID, Key, Secret, Warning string
		Number                   int64
	}
	if err := json.Unmarshal(made, &k); err != nil {
		return fmt.Errorf("reading the key: %w", err)
	}
	text, shown := k.Key, "its secret is not shown again"
	switch {
	case k.Secret != "":
		text = k.ID + ":" + k.Secret
	case k.Number != 0:
		text, k.ID, shown = fmt.Sprint(k.Number), fmt.Sprint(k.Number), "it can be used now"
	}
	fmt.Fprintf(p.stderr, "accountctl: created the key %s; %s\n", k.ID, shown)
	if k.Warning != "" {
		fmt.Fprintf(p.stderr, "accountctl: warning: %s\n", k.Warning)
	}
	_, err := fmt.Fprintln(p.stdout, text)
	return err
}
