package ctl

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

const (
	// completionTime bounds how long a person waits for what a key press offers.
	completionTime = 2 * time.Second
	maxOffered     = 30
)

// offering asks the service for what may stand here; when it cannot be asked there is nothing to offer.
func (p *program) offering(cmd *cobra.Command, ask func(context.Context, service) ([]string, error)) ([]string,
	cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	s, err := p.find()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	offered, err := ask(ctx, s)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return offered, cobra.ShellCompDirectiveNoFileComp
}

// completeUser offers usernames for the first word, and files for others.
func (p *program) completeUser(cmd *cobra.Command, words []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(words) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return p.offering(cmd, func(ctx context.Context, s service) ([]string, error) { return s.usernames(ctx, typed) })
}

// completeKey offers usernames for the first word, and then the ids of the user's keys.
func (p *program) completeKey(cmd *cobra.Command, words []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(words) == 0 {
		return p.completeUser(cmd, words, typed)
	}
	return p.offering(cmd, func(ctx context.Context, s service) (ids []string, err error) {
		user, err := s.user(ctx, words[0])
		if err != nil {
			return nil, err
		}
		for _, kind := range []string{keyNative, keySigning, keySSH} {
			err := s.eachKey(ctx, user, kind, func(k key) error { ids = append(ids, k.ID); return nil })
			if err != nil {
				return nil, err
			}
		}
		return ids, nil
	})
}

// completeResource offers the names of resources, and then what is in them and below them.
func (p *program) completeResource(cmd *cobra.Command, words []string, typed string) ([]string,
	cobra.ShellCompDirective) {
	if len(words) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	parts := strings.Split(typed, "/")
	var offered []string
	directive := cobra.ShellCompDirectiveNoFileComp
	switch {
	case len(parts) == 1:
		offered = []string{"users", "groups", "datacenters", "clients", "applications", "webhooks", "subscriptions",
			"mail"}
	case len(parts) == 2:
		offered, directive = p.offering(cmd, func(ctx context.Context, s service) ([]string,
			error) {
			return s.names(ctx, parts[0], parts[1])
		})
	case len(parts) == 3 && parts[0] == "users":
		offered = []string{"api-keys", "signing-keys", "ssh-keys", "storage-keys", "resources", "consents", "history"}
	}
	before := strings.Join(parts[:len(parts)-1], "/")
	for i := range offered {
		offered[i] = strings.TrimPrefix(before+"/"+offered[i], "/")
	}
	return offered, directive | cobra.ShellCompDirectiveNoSpace
}

// names returns those of a resource that begin so.
func (s service) names(ctx context.Context, resource, begin string) ([]string, error) {
	if resource == "users" {
		return s.usernames(ctx, begin)
	}
	return s.pick(ctx, "/v1/"+url.PathEscape(resource), begin)
}

func (s service) usernames(ctx context.Context, begin string) ([]string, error) {
	q := url.Values{"limit": {"30"}, "sort": {"username"}}
	if begin != "" {
		q.Set("filter[username][prefix]", begin)
	}
	return s.pick(ctx, "/v1/users?"+q.Encode(), begin)
}

// pick returns the names of the first objects of a list that begin so: usernames, names, or else ids.
func (s service) pick(ctx context.Context, path, begin string) (names []string, err error) {
	var got page
	if _, err := s.call(ctx, http.MethodGet, path, nil, nil, &got); err != nil {
		return nil, err
	}
	for _, raw := range got.Data {
		var of members
		if err := json.Unmarshal(raw, &of); err != nil {
			return nil, err
		}
		for _, member := range []string{"username", "name", "id"} {
			if name := cell(of.value(member)); name != "" {
				if strings.HasPrefix(name, begin) {
					names = append(names, name)
				}
				break
			}
		}
	}
	return names[:min(len(names), maxOffered)], nil
}
