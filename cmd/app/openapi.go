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
	text, number := openapi.Text(), openapi.Whole()
	proof := openapi.Operation{Answer: text, Got: "text/plain"}
	d.Name, d.Title, d.About = "events", "Events and audit", "The history of all accounts, what happens now, and proofs that nothing in it was changed."
	d.Table = openapi.Table{"GET " + eventsPath: {
		Summary: "List events", Answer: text, Got: "application/x-ndjson",
		About: "As lines. Who accepts text/event-stream gets server-sent events, without end unless limit, until or follow says otherwise.",
		Query: []openapi.Parameter{
			{Name: "type", About: "Types of events, such as UserCreated, separated by commas.", Schema: text}, {Name: "user", About: "A user's id.", Schema: text},
			{Name: "aggregate", About: "A kind, such as group, or one of it, such as group/ and an id.", Schema: text},
			{Name: "after", About: "The sequence after which to begin.", Schema: number}, {Name: "limit", About: "How many there are at most.", Schema: number},
			{Name: "since", About: "A time or a sequence.", Schema: text}, {Name: "until", About: "A time or a sequence.", Schema: text},
			{Name: "follow", About: "Whether to go on with what comes.", Schema: openapi.Truth()},
		},
	}}
	for name, summary := range map[string]string{"checkpoint": "The signed checkpoint of the log", "key": "The key that checkpoints are signed with"} {
		proof.Summary = summary
		d.Table["GET "+auditlog.Path+"/"+name] = proof
	}
	d.Table["GET "+auditlog.Path+"/proof"] = openapi.Operation{
		Summary: "A proof that a record is in the log, or that one checkpoint extends another", Answer: openapi.Schema{"type": "object"},
		About: "With seq, and size if need be, the first; with from, and to if need be, the second.",
		Query: []openapi.Parameter{
			{Name: "seq", About: "The record's sequence.", Schema: number}, {Name: "size", About: "The size of the log that it is proved in; left away: all of it.", Schema: number},
			{Name: "from", About: "The size of the earlier checkpoint.", Schema: number}, {Name: "to", About: "That of the later one; left away: the newest.", Schema: number},
		},
	}
	d.Table["GET "+auditlog.Path+"/records"] = openapi.Operation{Summary: "Records as they are stored", Answer: text, Got: "application/x-ndjson", Query: []openapi.Parameter{
		{Name: "keys", About: "true: with the data keys, still wrapped.", Schema: openapi.Text("true")}}}
	d.Routes = slices.Sorted(maps.Keys(d.Table))
	return d
}
