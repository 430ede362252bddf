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
	"strings"

	"github.com/google/uuid"
)

// path returns the path of a resource, with names replaced by ids.
func (s service) path(ctx context.Context, resource string) (string, error) {
	parts := strings.Split(strings.Trim(resource, "/"), "/")
	if len(parts) > 1 && parts[1] != "" {
		id, err := s.id(ctx, parts[0], parts[1])
		if err != nil {
			return "", err
		}
		parts[1] = id
	}
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return "/v1/" + strings.Join(parts, "/"), nil
}

// id returns the id of what has that name or id.
func (s service) id(ctx context.Context, resource, name string) (string, error) {
	switch {
	case resource == "users":
		return s.user(ctx, name)
	case !slices.Contains([]string{"groups", "datacenters", "clients", "applications", "webhooks"}, resource) ||
		uuid.Validate(name) == nil:
		return name, nil
	case resource == "clients" && isNumber(name): // which is its id
		return name, nil
	}
	return s.named(ctx, resource, name)
}

// errNobody is returned when a name is nobody's.
var errNobody = errors.New("there is no user")

// user returns the id of the user with that username, e-mail address or id.
func (s service) user(ctx context.Context, name string) (string, error) {
	return s.userAt(ctx, name, "")
}

// userAt is user as of a moment; empty: now.
func (s service) userAt(ctx context.Context, name, moment string) (string, error) {
	if uuid.Validate(name) == nil {
		return name, nil
	}
	field := "username"
	if strings.Contains(name, "@") {
		field = "email"
	}
	q := url.Values{"filter[" + field + "]": {name}}
	if moment != "" {
		q.Set("at", moment)
	}
	var found struct{ Data []struct{ ID string } }
	if _, err := s.call(ctx, http.MethodGet, "/v1/users?"+q.Encode(), nil, nil, &found); err != nil {
		return "", err
	}
	if len(found.Data) != 1 {
		return "", fmt.Errorf("%w whose %s is %q", errNobody, field, name)
	}
	return found.Data[0].ID, nil
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 63)
	return err == nil
}

// named returns the id of the only object of a small resource with that name or number.
func (s service) named(ctx context.Context, resource, name string) (string, error) {
	var ids []string
	err := s.pages(ctx, "/v1/"+resource, func(p page) (bool, error) {
		for _, raw := range p.Data {
			var one members
			if err := json.Unmarshal(raw, &one); err != nil {
				return false, err
			}
			if cell(one.value("name")) == name || cell(one.value("number")) == name {
				ids = append(ids, cell(one.value("id")))
			}
		}
		return true, nil
	})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fmt.Errorf("among the %s none is named %q; accountctl list %[1]s shows them", resource, name)
	case len(ids) > 1:
		return "", fmt.Errorf("among the %s %d are named %q; give an id, which accountctl list %[1]s shows", resource,
			len(ids), name)
	}
	return ids[0], nil
}
