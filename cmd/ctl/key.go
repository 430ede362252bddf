package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

const keyHelp = `The kinds are native (a token of the native API), pterodactyl (a key of the panel's API), signing (an id and a secret that sign
requests of the e24cloud API), and ssh (a public key).`

// The kinds of keys.
const (
	keyNative  = "native"
	keyPanel   = "pterodactyl"
	keySigning = "signing"
	keySSH     = "ssh"
)

func keyKinds() []string { return []string{keyNative, keyPanel, keySigning, keySSH} }

// keyResource returns the resource below a user that has keys of the kind.
func keyResource(kind string) string {
	switch kind {
	case keySigning:
		return "signing-keys"
	case keySSH:
		return "ssh-keys"
	}
	return "api-keys"
}

func (p *program) keys() *cobra.Command {
	cmd := group(&cobra.Command{Use: "key", Short: "List, add and revoke the keys of a user", Long: "List, add and revoke the keys of a user.\n\n" + keyHelp,
		Example: `  accountctl key list ann
  TOKEN=$(accountctl key add ann --name CI --permission users=read)
  accountctl key add ann --kind ssh ~/.ssh/id_ed25519.pub
  accountctl key revoke ann 01890a5d-ac96-774b-bcce-b302099a8057`})
	cmd.AddCommand(p.keyList(), p.keyAdd(), p.keyRevoke())
	return cmd
}

// kindFlag gives a command the flag --kind.
func kindFlag(cmd *cobra.Command, kind *string, preset, about string) {
	cmd.Flags().StringVar(kind, "kind", preset, about+": "+enumeration(keyKinds()))
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(keyKinds(), cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

func checkKind(kind string) error {
	if kind != "" && !slices.Contains(keyKinds(), kind) {
		return misuse{fmt.Errorf("--kind: must be %s, not %q", enumeration(keyKinds()), kind)}
	}
	return nil
}

// key is a key of any kind, without its secret. What its kind does not have is null.
type key struct {
	Kind        string          `json:"kind"`
	ID          string          `json:"id"`
	Name        *string         `json:"name"`
	Fingerprint *string         `json:"fingerprint"`
	Permissions json.RawMessage `json:"permissions"`
	AllowedIPs  json.RawMessage `json:"allowed_ips"`
	AddedAt     *string         `json:"added_at"`
	ExpiresAt   *string         `json:"expires_at"`
	LastUsedAt  *string         `json:"last_used_at"`
}

// keyOf reads a key of a resource that has no other kinds, unless the key says its kind.
func keyOf(raw json.RawMessage, kind string) (key, error) {
	k := struct {
		key
		Number      int64
		Memo, Title *string
	}{key: key{Kind: kind}}
	if err := json.Unmarshal(raw, &k); err != nil {
		return key{}, fmt.Errorf("reading a key: %w", err)
	}
	switch kind {
	case keySSH:
		k.ID, k.Name = strconv.FormatInt(k.Number, 10), k.Title
	case keyNative:
		k.Name = k.Memo
	}
	return k.key, nil
}

func (p *program) keyList() *cobra.Command {
	var kind string
	cmd := &cobra.Command{Use: "list USER", Short: "List the keys of a user, of all kinds", Args: words(1, 1), ValidArgsFunction: p.completeUser,
		Example: "  accountctl key list ann\n  accountctl key list ann --kind ssh --columns id,name,fingerprint",
		Long:    "List the keys of a user. Secrets are not shown again.\n\n" + keyHelp}
	kindFlag(cmd, &kind, "", "the `kind` (the default is all)")
	p.tables(cmd, formTable, formJSON, formYAML, formNDJSON)
	cmd.RunE = p.asks(func(cmd *cobra.Command, s service, words []string) error {
		if err := checkKind(kind); err != nil {
			return err
		}
		user, err := s.user(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		out := p.printer("kind", "id", "name", "expires_at", "last_used_at")
		for _, of := range []string{keyNative, keySigning, keySSH} {
			if kind != "" && keyResource(kind) != keyResource(of) {
				continue
			}
			if err := s.eachKey(cmd.Context(), user, of, func(k key) error { return printKey(out, k, kind) }); err != nil {
				return err
			}
		}
		return out.end()
	})
	return cmd
}

func printKey(out *printer, k key, kind string) error {
	if kind != "" && k.Kind != kind {
		return nil
	}
	line, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return out.add(line)
}

// eachKey calls each for a user's keys of the kind, or of the kinds that have the resource in common with it.
func (s service) eachKey(ctx context.Context, user, kind string, each func(key) error) error {
	return s.pages(ctx, keyPath(user, kind), func(p page) (bool, error) {
		for _, raw := range p.Data {
			k, err := keyOf(raw, kind)
			if err == nil {
				err = each(k)
			}
			if err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

func keyPath(user, kind string) string { return "/v1/users/" + user + "/" + keyResource(kind) }

func (p *program) keyRevoke() *cobra.Command {
	cmd := &cobra.Command{Use: "revoke USER KEY...", Short: "End keys of a user, at once", Args: words(2, many), ValidArgsFunction: p.completeKey,
		Example: "  accountctl key revoke ann 01890a5d-ac96-774b-bcce-b302099a8057\n  accountctl key revoke ann 3  # an SSH key",
		Long:    "End keys of a user, at once. A key is named by its id, as accountctl key list shows it."}
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

// explain says of what an error tells.
func explain(err error, what string) error {
	var r refusal
	if errors.As(err, &r) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return err
}
