package ctl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
)

const keyHelp = `The kinds are native (a token for the native API), pterodactyl (a key for the panel's API), signing
(an id and a secret that sign requests to the e24cloud API), and ssh (a public key).`

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
	cmd := group(&cobra.Command{Use: "key", Short: "List, add, rotate and revoke a user's keys",
		Long: "List, add, rotate and revoke a user's keys.\n\n" + keyHelp,
		Example: `  accountctl key list ann
  TOKEN=$(accountctl key add ann --name CI --permission users=read)
  accountctl key add ann --kind ssh ~/.ssh/id_ed25519.pub
  accountctl key revoke ann 01890a5d-ac96-774b-bcce-b302099a8057`})
	cmd.AddCommand(p.keyList(), p.keyAdd(), p.keyRotate(), p.keyRevoke())
	return cmd
}

// kindFlag gives a command the flag --kind.
func kindFlag(cmd *cobra.Command, kind *string, preset, about string) {
	cmd.Flags().StringVar(kind, "kind", preset, about+": "+enumeration(keyKinds()))
	// the flag is there
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(keyKinds(), cobra.ShellCompDirectiveNoFileComp))
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
	OldUntil    *string         `json:"previous_expires_at"` // of the secret before the last rotation
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

// explain says of what an error tells.
func explain(err error, what string) error {
	var r refusal
	if errors.As(err, &r) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return err
}
