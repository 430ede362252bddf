package ctl

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"accountd/events/durable"
)

// profile is a service that is stored under a name.
type profile struct {
	URL   string    `json:"url"`
	Token string    `json:"token"`
	User  string    `json:"user,omitempty"`      // who logged in; empty: nobody, the token is a key
	Ends  time.Time `json:"expires_at,omitzero"` // of the session
}

// shownProfile is what is shown of a profile: everything but the token.
type shownProfile struct {
	Name string     `json:"name"`
	URL  string     `json:"url"`
	User *string    `json:"user"`
	Ends *time.Time `json:"expires_at"`
}

func (p profile) shown(name string) shownProfile {
	out := shownProfile{Name: name, URL: p.URL}
	if p.User != "" {
		out.User, out.Ends = &p.User, &p.Ends
	}
	return out
}

func (p *program) profiles() *cobra.Command {
	cmd := group(&cobra.Command{Use: "profile", Short: "Store services under names, for --profile",
		Example: "  accountctl profile set live --url https://accounts.example.org --token acct_…\n  accountctl " +
			"--profile live list users"})
	list := p.profileCommand("list", "List the stored services, and who is logged in; tokens are not shown",
		words(0, 0), p.listProfiles)
	list.Example = "  accountctl profile list\n  accountctl profile list -o json"
	p.tables(list, formTable, formJSON, formYAML, formNDJSON)
	set := p.profileCommand("set NAME", "Store --url and --token under a name", words(1, 1),
		func(all map[string]profile, words []string) error {
			if p.url == "" {
				return misuse{errors.New("a profile needs --url, and --token to log in")}
			}
			all[words[0]] = profile{URL: p.url, Token: p.token}
			return p.store(all)
		})
	set.Example = "  accountctl profile set live --url https://accounts.example.org --token acct_…"
	remove := p.profileCommand("delete NAME", "Delete a profile", words(1, 1),
		func(all map[string]profile, words []string) error {
			if _, there := all[words[0]]; !there {
				return noProfile(words[0])
			}
			delete(all, words[0])
			return p.store(all)
		})
	remove.ValidArgsFunction = p.completeProfile
	remove.Example = "  accountctl profile delete live"
	cmd.AddCommand(set, remove, list)
	return cmd
}

func (p *program) listProfiles(all map[string]profile, _ []string) error {
	out := p.printer("name", "url", "user", "expires_at")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		line, err := json.Marshal(all[name].shown(name))
		if err != nil {
			return err
		}
		if err := out.add(line); err != nil {
			return err
		}
	}
	return out.end()
}

func (p *program) profileCommand(use, short string, args cobra.PositionalArgs,
	run func(map[string]profile, []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(_ *cobra.Command, words []string) error {
		p.started = true
		all, err := p.stored()
		if err != nil {
			return err
		}
		return run(all, words)
	}}
}

// profilesPath returns where profiles are stored: below XDG_CONFIG_HOME or ~/.config.
func (p *program) profilesPath() (string, error) {
	folder := p.env("XDG_CONFIG_HOME")
	if folder == "" {
		home := p.env("HOME")
		if home == "" {
			return "", errors.New("HOME is not set, so that profiles have no place")
		}
		folder = filepath.Join(home, ".config")
	}
	return filepath.Join(folder, "accountctl", "profiles.json"), nil
}

func (p *program) stored() (map[string]profile, error) {
	path, err := p.profilesPath()
	if err != nil {
		return nil, err
	}
	all := map[string]profile{}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return all, nil
	}
	if err == nil {
		err = json.Unmarshal(content, &all)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the profiles in %s: %w", path, err)
	}
	return all, nil
}

// store writes the profiles, for their owner's eyes only.
func (p *program) store(all map[string]profile) error {
	path, err := p.profilesPath()
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return durable.Replace(path, append(content, '\n'))
}

func (p *program) fromProfile(s service, name string) (service, error) {
	all, err := p.stored()
	if err != nil {
		return s, err
	}
	found, there := all[name]
	if !there {
		return s, noProfile(name)
	}
	return s.or(service{found.URL, found.Token}), nil
}

// completeProfile offers the profiles' names.
func (p *program) completeProfile(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, _ := p.stored() // what cannot be read offers nothing
	return slices.Sorted(maps.Keys(all)), cobra.ShellCompDirectiveNoFileComp
}

func noProfile(name string) error {
	return fmt.Errorf("there is no profile %q; accountctl profile list shows those there are", name)
}
