package danube

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"accountd/commands"
	"accountd/projections"
)

// listUsers lists those who are active, or those who are not.
func (x *exchange) listUsers() error {
	if err := x.mayList(); err != nil {
		return err
	}
	full, err := x.in.truth("full", false)
	if err != nil {
		return err
	}
	extended, err := x.in.truth("extended", false)
	if err != nil {
		return err
	}
	active, err := x.wantsActive()
	if err != nil {
		return err
	}
	filter, err := projections.NewFilter(projections.Active, projections.Eq, strconv.FormatBool(active))
	if err != nil {
		return err
	}
	users, err := x.users(filter)
	if err != nil {
		return err
	}
	if !full && !extended {
		names := []string{}
		for _, u := range users {
			names = append(names, u.Username)
		}
		return x.succeed(names)
	}
	out := []userAnswer{}
	for _, u := range users {
		out = append(out, x.userOf(u, extended))
	}
	return x.succeed(out)
}

// wantsActive reads active, as the original calls it, or else is_active, as its manual does.
func (x *exchange) wantsActive() (bool, error) {
	if _, ok := x.in["active"]; ok {
		return x.in.truth("active", true)
	}
	return x.in.truth("is_active", true)
}

func (x *exchange) listProfiles() error {
	if err := x.mayList(); err != nil {
		return err
	}
	users, err := x.users()
	if err != nil {
		return err
	}
	out := []profileAnswer{}
	for _, u := range users {
		out = append(out, profileOf(u))
	}
	return x.succeed(out)
}

// userOrders are what users can be listed by.
var userOrders = map[string]projections.Field{"username": projections.Username, "created": projections.Number}

// users returns the users whom the caller may list and whom the filters keep, in the order that the request asks for: a
// super admin everybody, others those who are bound to their datacenters.
func (x *exchange) users(filters ...projections.Filter) ([]*commands.User, error) {
	order, err := x.order("username", userOrders)
	if err != nil {
		return nil, err
	}
	scope := commands.Scope{All: x.isSuperAdmin()}
	if !scope.All {
		scope.Datacenters = x.administered()
	}
	page, err := x.api.List(projections.Query{Scope: scope, Filters: filters, Sort: order, Limit: math.MaxInt})
	if errors.Is(err, projections.ErrField) { // too many of them
		return nil, badOrder(userOrders)
	}
	return page.Users, err
}

// order reads order_by. Both signs turn the order around.
func (x *exchange) order(usual string, fields map[string]projections.Field) ([]projections.Sort, error) {
	text, _ := textOf(x.in["order_by"])
	if text == "" {
		text = usual
	}
	var out []projections.Sort
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		name := strings.TrimLeft(part[:min(len(part), 1)], "+-") + part[min(len(part), 1):]
		field, ok := fields[name]
		if !ok {
			return nil, badOrder(fields)
		}
		out = append(out, projections.Sort{Field: field, Descending: name != part})
	}
	return out, nil
}

func badOrder(fields map[string]projections.Field) error {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	return detailed{http.StatusPreconditionFailed, "Invalid order_by; Possible sort fields are: " +
		strings.Join(names, ", ")}
}
