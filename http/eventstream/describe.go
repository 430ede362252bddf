package eventstream

import "accountd/http/rest/openapi"

// Path is where the events are.
const Path = "/v1/events"

// Describe returns what /openapi.json has about the call.
func Describe() openapi.Table {
	moment := openapi.Or(openapi.Count(), openapi.Form("date-time"))
	return openapi.Table{"GET " + Path: {
		Summary: "List events", About: "As lines. Who accepts text/event-stream gets server-sent events, without end " +
			"unless limit, until or follow says otherwise.", Answer: openapi.Text(), Got: typeLine,
		Query: []openapi.Parameter{
			{Name: "type", About: "Any of these.", Schema: openapi.With(openapi.List(openapi.EventType()), "minItems",
				1)},
			{Name: "user", About: "A user's id.", Schema: openapi.Form("uuid")},
			{Name: "aggregate", About: "A kind, such as group, or one of it, such as group/ and an id.",
				Schema: openapi.Aggregate()},
			{Name: "after", About: "The sequence after which to begin.", Schema: openapi.Count()},
			{Name: "since", About: "A time that is past, or a sequence.", Schema: moment},
			{Name: "until", About: "A time or a sequence.", Schema: moment},
			{Name: "limit", About: "How many there are at most.", Schema: openapi.Schema{"type": "integer",
				"minimum": 1}},
			{Name: "follow", About: "Whether to go on with what comes.", Schema: openapi.Truth()},
		},
	}}
}
