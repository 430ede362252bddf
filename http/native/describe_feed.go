package native

import (
	"net/http"
	"slices"
	"strings"

	"accountd/events"
	"accountd/http/rest/openapi"
)

// EventType is a type of event, with or without its version.
func EventType() openapi.Schema {
	var types []string
	for _, name := range events.Types() {
		plain, _, _ := strings.Cut(name, ".")
		types = append(types, name, plain)
	}
	slices.Sort(types)
	return openapi.Text(slices.Compact(types)...)
}

// Aggregate is the name of what one event history describes, or of all of a kind.
func Aggregate() openapi.Schema {
	var kinds []string
	for _, kind := range events.Kinds() {
		kinds = append(kinds, string(kind))
	}
	const id = `[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`
	return openapi.With(openapi.Matching(`(`+strings.Join(kinds, "|")+`)(/`+id+`)?`), "examples", []any{"group"})
}

func feedDescriptions() openapi.Table {
	t := webhookDescriptions()
	null, aggregate := openapi.Nullable, Aggregate()
	start := openapi.Or(openapi.Text(startAll, startNew), openapi.Schema{"type": "integer", "minimum": 1}, openapi.Form("date-time"), openapi.Schema{"type": "null"})
	made := openapi.Object(map[string]openapi.Schema{"name!": openapi.Matching(`[a-z0-9][a-z0-9_-]{0,63}`), "types": null(openapi.List(EventType())),
		"users": null(openapi.List(openapi.Form("uuid"))), "aggregates": null(openapi.List(aggregate)), "start": start})
	example := map[string]any{"name": "crm", "types": []string{events.UserCreated{}.Type()}}
	t["GET /v1/subscriptions"] = openapi.Operation{Summary: "List subscriptions", Query: paged(), Answer: listAnswer[subscriptionAnswer]{}}
	t["POST /v1/subscriptions"] = openapi.Operation{Summary: "Make a subscription", Body: made, Example: example, Answer: newSubscriptionAnswer{}, Status: http.StatusCreated}
	t["GET /v1/subscriptions/:name"] = openapi.Operation{Summary: "Show a subscription", Answer: subscriptionAnswer{}}
	t["DELETE /v1/subscriptions/:name"] = openapi.Operation{Summary: "Delete a subscription"}
	t["POST /v1/subscriptions/:name/secret"] = openapi.Operation{Summary: "Give a subscription's NATS user a new password", Body: openapi.Object(map[string]openapi.Schema{}), Answer: newSubscriptionAnswer{}}
	return t
}

func webhookDescriptions() openapi.Table {
	null, types, users := openapi.Nullable, openapi.List(EventType()), openapi.List(openapi.Form("uuid"))
	address := openapi.Schema{"type": "string", "format": "uri", "maxLength": longText, "description": "https, without a user and a fragment."}
	made := openapi.Object(map[string]openapi.Schema{"url!": address, "types": null(types), "users": null(users)})
	patch := patchOf(map[string]openapi.Schema{"url": address, "types": types, "users": users, "enabled": openapi.Truth()}, webhookAnswer{})
	overlap := openapi.Object(map[string]openapi.Schema{"overlap_seconds": null(openapi.Within(0, int64(maxOverlap.Seconds())))})
	replay := openapi.Or(openapi.Object(map[string]openapi.Schema{"sequence!": openapi.Count()}), openapi.Object(map[string]openapi.Schema{"from!": openapi.Count()}))
	example := map[string]any{"url": "https://example.org/hooks", "types": []string{events.UserCreated{}.Type()}}
	return openapi.Table{
		"GET /v1/webhooks":                     {Summary: "List webhooks", Query: paged(), Answer: listAnswer[webhookAnswer]{}},
		"POST /v1/webhooks":                    {Summary: "Make a webhook", Body: made, Example: example, Answer: newWebhookAnswer{}, Status: http.StatusCreated},
		"GET /v1/webhooks/:webhook":            {Summary: "Show a webhook", Answer: webhookAnswer{}, Also: []int{http.StatusNotModified}},
		"PATCH /v1/webhooks/:webhook":          {Summary: "Change a webhook", Body: patch, Sent: patchTypes(), Example: map[string]any{"enabled": false}, Answer: webhookAnswer{}},
		"DELETE /v1/webhooks/:webhook":         {Summary: "Delete a webhook"},
		"POST /v1/webhooks/:webhook/secret":    {Summary: "Give a webhook a new secret", Body: overlap, Answer: newWebhookAnswer{}},
		"GET /v1/webhooks/:webhook/deliveries": {Summary: "List what was sent to a webhook of late", Query: paged(), Answer: listAnswer[deliveryAnswer]{}},
		"GET /v1/webhooks/:webhook/progress":   {Summary: "Show how far a webhook is", Answer: progressAnswer{}},
		"POST /v1/webhooks/:webhook/replay": {Summary: "Send one event again, or everything from one on", Body: replay, Answer: deliveryAnswer{},
			Also: []int{http.StatusAccepted}},
	}
}
