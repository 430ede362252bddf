package app

import (
	"maps"
	"slices"

	"accountd/http/auditlog"
	"accountd/http/clientuser"
	"accountd/http/danube"
	"accountd/http/e24"
	"accountd/http/native"
	"accountd/http/pterodactyl"
	"accountd/http/rest/openapi"
)

// described returns all APIs as /openapi.json has them.
func described() []openapi.Dialect {
	return []openapi.Dialect{native.Describe(), describedEvents(), e24.Describe(), pterodactyl.Describe(), danube.Describe(), clientuser.Describe()}
}

// describedEvents is what takes the native API's tokens and is served beside it.
func describedEvents() openapi.Dialect {
	d := native.Describe()
	text := openapi.Text()
	proof := openapi.Operation{Answer: text, Got: "text/plain"}
	d.Name, d.About = "events", "The history of all accounts, what happens now, and proofs that nothing in it was changed."
	d.Table = openapi.Table{"GET " + eventsPath: {
		Summary: "Stream events", About: "As server-sent events or as lines (application/x-ndjson), by Accept.", Answer: text, Got: "application/x-ndjson",
		Query: []openapi.Parameter{
			{Name: "type", About: "Types of events, separated by commas.", Schema: text}, {Name: "user", About: "A user's id.", Schema: text},
			{Name: "aggregate", About: "Such as groups/ and an id.", Schema: text}, {Name: "after", About: "The sequence after which to begin.", Schema: openapi.Whole()},
			{Name: "since", About: "A time or a sequence.", Schema: text}, {Name: "until", About: "A time or a sequence.", Schema: text},
			{Name: "follow", About: "Whether to go on with what comes.", Schema: openapi.Truth()},
		},
	}}
	for name, summary := range map[string]string{"checkpoint": "The signed checkpoint of the log", "key": "The key that checkpoints are signed with",
		"proof": "A proof that a record is in the log, or that one checkpoint extends another", "records": "Records as they are stored"} {
		proof.Summary = summary
		d.Table["GET "+auditlog.Path+"/"+name] = proof
	}
	d.Routes = slices.Sorted(maps.Keys(d.Table))
	return d
}
