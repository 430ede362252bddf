package app

import (
	"maps"
	"slices"

	"accountd/http/auditlog"
	"accountd/http/clientuser"
	"accountd/http/danube"
	"accountd/http/e24"
	"accountd/http/eventstream"
	"accountd/http/native"
	"accountd/http/pterodactyl"
	"accountd/http/rest/openapi"
)

// described returns all APIs as /openapi.json has them.
func described() []openapi.Dialect {
	return []openapi.Dialect{native.Describe(), describedEvents(), e24.Describe(), pterodactyl.Describe(),
		danube.Describe(), clientuser.Describe()}
}

// describedEvents is what takes the native API's tokens and is served beside it.
func describedEvents() openapi.Dialect {
	d := native.Describe()
	d.Name, d.Title, d.About = "events", "Events and audit",
		"The history of all accounts, what happens now, and proofs that nothing in it was changed."
	d.Tags, d.Headers = nil, native.FailureHeaders()
	d.Table = eventstream.Describe()
	maps.Copy(d.Table, auditlog.Describe())
	d.Routes = slices.Sorted(maps.Keys(d.Table))
	return d
}
