package ctl

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/spf13/cobra"
)

const resourceHelp = `RESOURCE is a path below /v1 of the API: users, groups, datacenters, clients, applications,
webhooks, subscriptions and mail; below a user ssh-keys, api-keys, signing-keys, storage-keys, resources, consents and
history. You can write names instead of ids, as in users/ann, users/ann@example.org and groups/admins. The service
describes all resources under /docs.`

const listHelp = `The parameters are those of the API: limit=20, offset=40, sort=-created_at,username, q=ann,
filter[email]=ann@example.org, filter[created_at][gte]=2030-01-02T00:00:00Z (also contains, prefix and lte), and at=TIME
for users as they were then. Commas separate values; write a comma that belongs to a value as \,.`

const valueHelp = `A value is a text (name=text), the text in a file (name=@FILE), or any JSON (name:=true, name:=null,
name:='["a","b"]'). name.inner=text sets a member of an object.`

// resources returns the commands that work on every resource alike.
func (p *program) resources() []*cobra.Command {
	list := p.resource("list RESOURCE [PARAMETER=VALUE]...", "List objects", words(1, many), parameters, p.list)
	list.Example = `  accountctl list users limit=20 sort=-created_at
  accountctl list users 'filter[email][contains]=example.org' -o ndjson --all
  accountctl list users/ann/ssh-keys
  accountctl list users at=2030-01-02T12:00:00Z`
	list.SuggestFor = []string{"ls", "users", "user", "groups", "datacenters", "clients", "applications", "webhooks"}
	list.Long += "\n\n" + listHelp
	list.Flags().BoolVar(&p.all, "all", false, "print all pages")

	get := p.resource("get RESOURCE [PARAMETER=VALUE]...", "Show an object", words(1, many), parameters, p.get)
	get.Example = "  accountctl get users/ann\n  accountctl get users/ann@example.org -o json\n  accountctl get " +
		"groups/admins --columns name,permissions"
	get.SuggestFor = []string{"show", "describe"}

	create := p.resource("create RESOURCE [NAME=VALUE]...", "Create an object, and print it with its secrets",
		words(1, many), object, p.shows(http.MethodPost))
	create.Example = `  accountctl create users email=ann@example.org first_name=Ann last_name=Lee
  accountctl create users/ann/ssh-keys title=laptop key=@id_ed25519.pub
  accountctl create groups name=main-admins dc_bound=main 'permissions:=["admin","user_admin"]' 'datacenters:=["main"]'
  accountctl create users/ann/password-reset`
	create.SuggestFor = []string{"add", "new", "post"}
	create.Long += "\n\n" + valueHelp

	set := p.resource("set RESOURCE NAME=VALUE...", "Change an object, and print it", words(2, many), object,
		p.shows(http.MethodPatch))
	set.Example = `  accountctl set users/ann phone='+420 777 123 456' profile.city=Brno
  accountctl set users/ann active:=false phone:=null
  accountctl set users/ann/ssh-keys/3 title=desk`
	set.SuggestFor = []string{"update", "patch", "edit", "modify"}
	set.Long += "\n\n" + valueHelp
	set.Flags().StringVar(&p.version, "if-match", "", "change the object only if it has this `ETag`")

	remove := p.resource("delete RESOURCE", "Delete an object", words(1, 1), parameters, p.shows(http.MethodDelete))
	remove.Example = "  accountctl delete users/ann\n  accountctl delete users/ann/ssh-keys/3"
	remove.SuggestFor = []string{"remove", "rm", "del"}
	return []*cobra.Command{list, get, create, set, remove}
}

// call is what is asked of a resource.
type call struct {
	path string
	body []byte // JSON, nil for none
}

// resource returns a command whose first word is a resource, and whose other words are read by the given function.
func (p *program) resource(use, short string, args cobra.PositionalArgs, read func([]string) (query string, body []byte,
	err error), run func(context.Context, service, call) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: args, Long: short + ".\n\n" + resourceHelp,
		ValidArgsFunction: p.completeResource}
	p.forms(cmd, " (the default is table for a list, yaml for an object)", formTable, formJSON, formYAML, formNDJSON)
	p.columnsFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
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

func (p *program) list(ctx context.Context, s service, c call) error {
	out := p.printer(columnsOf(c.path)...)
	shown, total := 0, 0
	err := s.pages(ctx, c.path, func(got page) (bool, error) {
		shown, total = shown+len(got.Data), got.Meta.Total
		return p.all, out.add(got.Data...)
	})
	if err != nil {
		return err
	}
	if err := out.end(); err != nil {
		return err
	}
	if shown < total && !p.all && !strings.Contains(c.path, "limit=") {
		fmt.Fprintf(p.stderr, "accountctl: these are %d of %d; --all prints all\n", shown, total)
	}
	return nil
}

// get prints an object, or a list.
func (p *program) get(ctx context.Context, s service, c call) error {
	var answer json.RawMessage
	if _, err := s.call(ctx, http.MethodGet, c.path, nil, nil, &answer); err != nil {
		return err
	}
	var listed page
	if json.Unmarshal(answer, &listed) == nil && listed.Data != nil {
		return p.list(ctx, s, c)
	}
	return p.printer(columnsOf(path.Dir(c.path))...).object(answer)
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
		return p.printer(columnsOf(of)...).object(answer)
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
	// commas separate values, as they do where they are typed; one that belongs to a value has a backslash before it
	return "?" + strings.ReplaceAll(query.Encode(), "%2C", ","), nil, nil
}
