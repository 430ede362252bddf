package native

import (
	"maps"
	"net/http"
	"reflect"

	"accountd/commands"
	"accountd/http/rest/openapi"
)

// patchOf is a merge patch of an object that is shown so: the members that it may change, and the others, which it may repeat and
// which are not looked into.
func patchOf(members map[string]openapi.Schema, shown any) openapi.Schema {
	all := maps.Clone(members)
	for _, name := range membersOf(reflect.TypeOf(shown)) {
		if all[name] == nil {
			all[name] = openapi.ReadOnly(openapi.Anything())
		}
	}
	return openapi.Object(all)
}

func directoryDescriptions() openapi.Table {
	t := clientDescriptions()
	for _, part := range []openapi.Table{placeDescriptions(), applicationDescriptions()} {
		for call, o := range part {
			t[call] = o
		}
	}
	return t
}

func clientDescriptions() openapi.Table {
	name, timezone, status := openapi.Filled(openapi.Line(longName)), openapi.Nullable(openapi.Form("timezone")), openapi.Text(clientActive, clientBlocked)
	made := openapi.Object(map[string]openapi.Schema{"name!": name, "timezone": timezone, "status": openapi.Nullable(status)})
	patch := patchOf(map[string]openapi.Schema{"name": name, "timezone": timezone, "status": status}, clientAnswer{})
	return openapi.Table{
		"GET /v1/clients":            {Summary: "List clients", Query: paged(), Answer: listAnswer[clientAnswer]{}},
		"POST /v1/clients":           {Summary: "Make a client", Body: made, Example: map[string]any{"name": "Acme"}, Answer: clientAnswer{}, Status: http.StatusCreated},
		"GET /v1/clients/:client":    {Summary: "Show a client", Answer: clientAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/clients/:client":  {Summary: "Change a client", Body: patch, Sent: patchTypes(), Example: map[string]any{"status": clientBlocked}, Answer: clientAnswer{}},
		"DELETE /v1/clients/:client": {Summary: "Delete a client"},
	}
}

// placeDescriptions are those of datacenters and groups, which name each other.
func placeDescriptions() openapi.Table {
	name, text, null := openapi.Filled(openapi.Line(longName)), openapi.Text(), openapi.Nullable
	names, permissions := openapi.Set(text, longName), openapi.List(openapi.Matching(`[a-z][a-z0-9_]{0,63}`))
	datacenter := openapi.Object(map[string]openapi.Schema{"name!": name, "owner": null(text), "public": null(openapi.Truth()), "groups": null(names)})
	patchedDatacenter := patchOf(map[string]openapi.Schema{"name": name, "owner": null(text), "public": openapi.Truth(), "groups": null(names)}, datacenterAnswer{})
	group := map[string]openapi.Schema{"name!": name, "dc_bound": null(text), "permissions": null(permissions), "datacenters": null(names)}
	patchedGroup := patchOf(map[string]openapi.Schema{"name": name, "dc_bound": null(text), "permissions": null(permissions), "datacenters": null(names)}, groupAnswer{})
	admins := map[string]any{"name": "main-admins", "dc_bound": "main", "permissions": []string{"admin", "user_admin"}, "datacenters": []string{"main"}}
	return openapi.Table{
		"GET /v1/datacenters": {Summary: "List datacenters", Query: paged(), Answer: listAnswer[datacenterAnswer]{}},
		"POST /v1/datacenters": {Summary: "Make a datacenter", Body: datacenter, Example: map[string]any{"name": "east", "owner": "grace"},
			Answer: datacenterAnswer{}, Status: http.StatusCreated},
		"GET /v1/datacenters/:datacenter":    {Summary: "Show a datacenter", Answer: datacenterAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/datacenters/:datacenter":  {Summary: "Change a datacenter", Body: patchedDatacenter, Sent: patchTypes(), Example: map[string]any{"public": true}, Answer: datacenterAnswer{}},
		"DELETE /v1/datacenters/:datacenter": {Summary: "Delete a datacenter"},

		"GET /v1/groups":           {Summary: "List groups", Query: paged(), Answer: listAnswer[groupAnswer]{}},
		"POST /v1/groups":          {Summary: "Make a group", Body: openapi.Object(group), Example: admins, Answer: groupAnswer{}, Status: http.StatusCreated},
		"GET /v1/groups/:group":    {Summary: "Show a group", Answer: groupAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/groups/:group":  {Summary: "Change a group", Body: patchedGroup, Sent: patchTypes(), Example: map[string]any{"permissions": []string{"admin"}}, Answer: groupAnswer{}},
		"DELETE /v1/groups/:group": {Summary: "Delete a group"},
	}
}

func applicationDescriptions() openapi.Table {
	name, null := openapi.Filled(openapi.Line(longName)), openapi.Nullable
	access := openapi.Text(commands.AccessAll, commands.AccessCallAPI)
	uris := openapi.Schema{"type": "array", "items": openapi.Form("uri"), "maxItems": 100}
	made := openapi.Object(map[string]openapi.Schema{"name!": name,
		"type!":  openapi.Text(commands.ApplicationTrusted, commands.ApplicationPublic, commands.ApplicationPassword),
		"access": null(access), "redirect_uris": null(uris), "user": null(openapi.Form("uuid")), "client_id": null(openapi.Count())})
	patch := patchOf(map[string]openapi.Schema{"name": name, "access": access, "redirect_uris": uris}, applicationAnswer{})
	example := map[string]any{"name": "Phone book", "type": commands.ApplicationPublic, "redirect_uris": []string{"https://example.org/back"}}
	return openapi.Table{
		"GET /v1/applications":                      {Summary: "List applications", Query: paged(), Answer: listAnswer[applicationAnswer]{}},
		"POST /v1/applications":                     {Summary: "Make an application", Body: made, Example: example, Answer: newSecretAnswer{}, Status: http.StatusCreated},
		"GET /v1/applications/:application":         {Summary: "Show an application", Answer: applicationAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/applications/:application":       {Summary: "Change an application", Body: patch, Sent: patchTypes(), Example: map[string]any{"name": "Directory"}, Answer: applicationAnswer{}},
		"DELETE /v1/applications/:application":      {Summary: "Delete an application"},
		"POST /v1/applications/:application/secret": {Summary: "Give an application a new secret, which this answer alone shows", About: "What it got with the one before ends at once.", Answer: newSecretAnswer{}},
	}
}
