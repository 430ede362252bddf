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
	d.Name, d.Title, d.About = "events", "Events and audit", "The history of all accounts, what happens now, and proofs that nothing in it was changed."
	d.Tags, d.Headers = nil, native.FailureHeaders()
	moment := openapi.Or(openapi.Count(), openapi.Form("date-time"))
	d.Table = openapi.Table{"GET " + eventsPath: {
		Summary: "List events", About: "As lines. Who accepts text/event-stream gets server-sent events, without end unless limit, until or follow says otherwise.", Answer: openapi.Text(), Got: "application/x-ndjson",
		Query: []openapi.Parameter{
			{Name: "type", About: "Any of these.", Schema: openapi.With(openapi.List(native.EventType()), "minItems", 1)}, {Name: "user", About: "A user's id.", Schema: openapi.Form("uuid")},
			{Name: "aggregate", About: "A kind, such as group, or one of it, such as group/ and an id.", Schema: native.Aggregate()}, {Name: "after", About: "The sequence after which to begin.", Schema: openapi.Count()},
			{Name: "since", About: "A time that is past, or a sequence.", Schema: moment}, {Name: "until", About: "A time or a sequence.", Schema: moment},
			{Name: "limit", About: "How many there are at most.", Schema: openapi.Schema{"type": "integer", "minimum": 1}},
			{Name: "follow", About: "Whether to go on with what comes.", Schema: openapi.Truth()},
		},
	}}
	for name, o := range auditDescriptions() {
		d.Table["GET "+auditlog.Path+"/"+name] = o
	}
	d.Routes = slices.Sorted(maps.Keys(d.Table))
	return d
}

// auditDescriptions are the calls below /v1/audit.
func auditDescriptions() openapi.Table {
	text, size, hash := openapi.Text(), openapi.Schema{"type": "integer", "minimum": 1}, openapi.Text()
	record := openapi.Object(map[string]openapi.Schema{"sequence!": size, "size!": size, "leaf!": hash, "root!": hash, "proof!": openapi.List(hash)})
	tree := openapi.Object(map[string]openapi.Schema{"from!": size, "to!": size, "from_root!": hash, "to_root!": hash, "proof!": openapi.List(hash)})
	return openapi.Table{
		"checkpoint": {Summary: "The signed checkpoint of the log", Answer: text, Got: "text/plain"},
		"key":        {Summary: "The key that checkpoints are signed with", Answer: text, Got: "text/plain"},
		"proof": {Summary: "A proof that a record is in the log, or that one checkpoint extends another", About: "Of a record by seq, of an extension by from.",
			Answer: openapi.Or(record, tree), Query: []openapi.Parameter{{Name: "seq", About: "The record's sequence.", Schema: size},
				{Name: "size", About: "Of the log that has it; all of it when it is left away.", Schema: size}, {Name: "from", About: "The smaller size.", Schema: size},
				{Name: "to", About: "The larger one; all of the log when it is left away.", Schema: size}}},
		"records": {Summary: "Records as they are stored", Answer: text, Got: "application/x-ndjson",
			Query: []openapi.Parameter{{Name: "keys", About: "true: with the data keys, still wrapped, which takes a super admin.", Schema: openapi.Text("true")}}},
	}
}
