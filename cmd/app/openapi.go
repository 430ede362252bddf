package app

import (
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
	d.Name, d.About, d.Routes = "events", "The history of all accounts, and what happens now.", []string{"GET " + eventsPath}
	d.Table = openapi.Table{"GET " + eventsPath: {
		Summary: "Stream events", About: "As server-sent events or as lines (application/x-ndjson), by Accept.", Answer: text, Got: "application/x-ndjson",
		Query: []openapi.Parameter{
			{Name: "type", About: "Types of events, separated by commas.", Schema: text}, {Name: "user", About: "A user's id.", Schema: text},
			{Name: "aggregate", About: "Such as groups/ and an id.", Schema: text}, {Name: "after", About: "The sequence after which to begin.", Schema: openapi.Whole()},
			{Name: "since", About: "A time or a sequence.", Schema: text}, {Name: "until", About: "A time or a sequence.", Schema: text},
			{Name: "follow", About: "Whether to go on with what comes.", Schema: openapi.Truth()},
		},
	}}
	return d
}
