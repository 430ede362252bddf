package eventstream

import "accountd/http/rest/openapi"

// Path is where the events are.
const Path = "/v1/events"

// Describe returns what /openapi.json has about the call.
func Describe() openapi.Table {
	moment := openapi.Or(openapi.Count(), openapi.Form("date-time"))
	return openapi.Table{"GET " + Path: {
		Summary: "List events", About: "One event a line. With Accept: text/event-stream, server-sent events, which " +
			"do not end unless limit, until or follow says so.", Answer: openapi.Text(), Got: typeLine,
		Query: []openapi.Parameter{
			{Name: "type", About: "Events of these types only.",
				Schema: openapi.With(openapi.List(openapi.EventType()), "minItems", 1)},
			{Name: "user", About: "Events of the user with this id only.", Schema: openapi.Form("uuid")},
			{Name: "aggregate", About: "Events of these aggregates only: a kind, such as group, or one aggregate, " +
				"such as group/<id>.",
				Schema: openapi.Aggregate()},
			{Name: "after", About: "Events after this sequence only.", Schema: openapi.Count()},
			{Name: "since", About: "Events from this time or sequence on. The time must be in the past.",
				Schema: moment},
			{Name: "until", About: "Events up to this time or sequence.", Schema: moment},
			{Name: "limit", About: "The largest number of events.", Schema: openapi.Schema{"type": "integer",
				"minimum": 1}},
			{Name: "follow", About: "Whether to keep the answer open and send new events.",
				Schema: openapi.Truth()},
		},
	}}
}
