package ctl

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

const resourceHelp = `A resource is a path below /v1, such as users, users/ID/ssh-keys or datacenters. A user's ID may also be the
username or the e-mail address.`

const valueHelp = `Values: name=text, name:=JSON, name=@file; name.inner=text for an object inside.`

// resources returns the commands that work on every resource alike.
func (p *program) resources() []*cobra.Command {
	list := p.resource("list RESOURCE [PARAMETER=VALUE]...", "List a resource", cobra.MinimumNArgs(1), parameters, p.list)
	list.Example = `  accountctl list users limit=20 sort=-created_at
  accountctl list users 'filter[email][contains]=example.org' -o ndjson --all
  accountctl list users/ann/ssh-keys`
	list.Flags().BoolVar(&p.all, "all", false, "go on to the last page")

	get := p.resource("get RESOURCE [PARAMETER=VALUE]...", "Show one object", cobra.MinimumNArgs(1), parameters, p.shows(http.MethodGet))
	get.Example = "  accountctl get users/ann\n  accountctl get users/ann@example.org -o json"

	create := p.resource("create RESOURCE NAME=VALUE...", "Make an object and print it, with its secrets", cobra.MinimumNArgs(1), object,
		p.shows(http.MethodPost))
	create.Example = `  accountctl create users email=ann@example.org first_name=Ann last_name=Lee
  accountctl create users/ann/ssh-keys title=laptop key=@id_ed25519.pub
  accountctl create users/ann/api-keys kind=native memo=CI permissions.users=read`
	create.Long += "\n\n" + valueHelp

	set := p.resource("set RESOURCE NAME=VALUE...", "Change an object and print it", cobra.MinimumNArgs(2), object, p.shows(http.MethodPatch))
	set.Example = "  accountctl set users/ann phone='+420 777 123 456' profile.city=Brno\n  accountctl set users/ann active:=false"
	set.Long += "\n\n" + valueHelp
	set.Flags().StringVar(&p.version, "if-match", "", "change it only while it has that `ETag`")

	remove := p.resource("delete RESOURCE", "End an object", cobra.ExactArgs(1), parameters, p.shows(http.MethodDelete))
	remove.Example = "  accountctl delete users/ann\n  accountctl delete users/ann/ssh-keys/3"
	return []*cobra.Command{list, get, create, set, remove}
}

// call is what is asked of a resource.
type call struct {
	path string
	body []byte // JSON, nil for none
}

// resource returns a command whose first word is a resource, and whose other words are read by the given function.
func (p *program) resource(use, short string, args cobra.PositionalArgs, read func([]string) (query string, body []byte, err error),
	run func(context.Context, service, call) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: args, Long: short + ".\n\n" + resourceHelp, ValidArgsFunction: completeResource}
	cmd.Flags().StringVarP(&p.form, "output", "o", "", "`form`: table, json, yaml or ndjson (a list's default is table, an object's yaml)")
	cmd.Flags().StringSliceVar(&p.columns, "columns", nil, "the table's `columns`; none: those that tell entries apart")
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if err := checkForm(p.form); err != nil {
			return err
		}
		query, body, err := read(words[1:])
		if err != nil {
			return err
		}
		p.started = true
		s, err := p.find()
		if err != nil {
			return err
		}
		path, err := s.path(cmd.Context(), words[0])
		if err != nil {
			return err
		}
		return run(cmd.Context(), s, call{path + query, body})
	}
	return cmd
}

// completeResource offers the names of resources.
func completeResource(_ *cobra.Command, words []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(words) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"users", "groups", "datacenters", "clients", "applications", "webhooks", "subscriptions"},
		cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// path returns the path of a resource, with the name of a user replaced by the id.
func (s service) path(ctx context.Context, resource string) (string, error) {
	parts := strings.Split(strings.Trim(resource, "/"), "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	if parts[0] == "users" && len(parts) > 1 && uuid.Validate(parts[1]) != nil && !strings.Contains(parts[1], ":") {
		id, err := s.userID(ctx, parts[1])
		if err != nil {
			return "", err
		}
		parts[1] = id
	}
	return "/v1/" + strings.Join(parts, "/"), nil
}

// userID returns the id of the user with that username or e-mail address, escaped.
func (s service) userID(ctx context.Context, escaped string) (string, error) {
	field := "username"
	name, err := url.PathUnescape(escaped)
	if err != nil {
		return "", err
	}
	if strings.Contains(name, "@") {
		field = "email"
	}
	var found struct{ Data []struct{ ID string } }
	if _, err := s.call(ctx, http.MethodGet, "/v1/users?"+url.Values{"filter[" + field + "]": {name}}.Encode(), nil, nil, &found); err != nil {
		return "", err
	}
	if len(found.Data) != 1 {
		return "", fmt.Errorf("there is no user whose %s is %q", field, name)
	}
	return found.Data[0].ID, nil
}

func (p *program) list(ctx context.Context, s service, c call) error {
	out := p.printer(c.path)
	for next := c.path; next != ""; {
		var page struct{ Data []json.RawMessage }
		header, err := s.call(ctx, http.MethodGet, next, nil, nil, &page)
		if err != nil {
			return err
		}
		if err := out.add(page.Data); err != nil {
			return err
		}
		if next = ""; p.all {
			next = nextPage(header)
		}
	}
	return out.end()
}

// shows returns what makes a call and prints the object that it answers with, if any.
func (p *program) shows(method string) func(context.Context, service, call) error {
	return func(ctx context.Context, s service, c call) error {
		header := http.Header{}
		if p.version != "" {
			header.Set("If-Match", p.version)
		}
		var answer json.RawMessage
		if _, err := s.call(ctx, method, c.path, c.body, header, &answer); err != nil {
			return err
		}
		of := c.path
		if method != http.MethodPost {
			of = path.Dir(of)
		}
		return p.printer(of).object(answer)
	}
}

// parameters reads words as a query, with its question mark.
func parameters(words []string) (string, []byte, error) {
	query := url.Values{}
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok || name == "" {
			return "", nil, fmt.Errorf("%q is not of the form name=value", word)
		}
		query.Add(name, value)
	}
	if len(query) == 0 {
		return "", nil, nil
	}
	return "?" + query.Encode(), nil, nil
}

// nextPage returns the path of the next page, empty on the last one.
func nextPage(h http.Header) string {
	for link := range strings.SplitSeq(h.Get("Link"), ",") {
		target, rel, _ := strings.Cut(strings.TrimSpace(link), ";")
		if strings.Contains(rel, `rel="next"`) {
			return strings.Trim(target, "<>")
		}
	}
	return ""
}
