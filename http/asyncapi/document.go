package asyncapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"accountd/events"
	"accountd/events/feed"
	"accountd/http/rest"
)

// Path is where the document is.
const Path = "/asyncapi.json"

// New returns what serves the document.
func New(problem rest.Problem) http.Handler {
	content, err := json.MarshalIndent(document(), "", "  ")
	serve := func(w http.ResponseWriter, _ *http.Request) error {
		if err != nil {
			return fmt.Errorf("encoding the AsyncAPI document: %w", err)
		}
		rest.WriteJSON(w, http.StatusOK, content)
		return nil
	}
	return rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: Path, Handle: serve}, {Method: http.MethodHead, Path: Path, Handle: serve},
	}, problem)
}

func document() object {
	return object{
		"asyncapi": "3.0.0",
		"info": object{
			"title": "accountd feed", "version": "1.0.0",
			"description": "What happens to accounts, as CloudEvents 1.0: in order, none missing and none twice, " +
				"without any secret. " +
				"Messages are kept in the stream " + feed.Stream + " for " + fmt.Sprint(feed.Retention.Hours()/24) +
				" days. Read them from a " +
				"durable pull consumer that POST /v1/subscriptions made, or subscribe to the subjects to hear only " +
				"what comes.",
		},
		"defaultContentType": feed.ContentType,
		"servers": object{"nats": object{
			"host": "{address}", "protocol": "nats",
			"description": "Where accountd listens by --nats-listen; the user is that of a subscription, or feed, " +
				"who may subscribe to the subjects and nothing else.",
			"variables": object{"address": object{"default": "localhost:4222"}},
			"security":  []object{ref("securitySchemes", "feed")},
		}},
		"channels":   channels(),
		"operations": operations(),
		"components": object{
			"messages": messages(), "schemas": schemas(),
			"securitySchemes": object{"feed": object{"type": "userPassword"}},
			"parameters": object{"kind": object{"enum": events.Kinds(), "description": "what the event is about"},
				"id": object{"description": "UUID of what the event is about"}},
		},
	}
}

// envelope is the schema of what all messages have.
const envelope = "CloudEvent"

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

// versionless returns the type's name as subjects have it.
func versionless(typ string) string {
	name, _, _ := strings.Cut(typ, ".")
	return name
}

// channels has one for each type, whatever its version.
func channels() object {
	all := object{}
	for _, typ := range events.Types() {
		name := versionless(typ)
		c, ok := all[name].(object)
		if !ok {
			c = object{"address": feed.Subject("{kind}", typ, "{id}"), "messages": object{},
				"parameters": object{"kind": ref("parameters", "kind"), "id": ref("parameters", "id")}}
			all[name] = c
		}
		c["messages"].(object)[typ] = ref("messages", typ)
	}
	return all
}

func operations() object {
	all := object{}
	for _, typ := range events.Types() {
		name := versionless(typ)
		all["send."+name] = object{"action": "send", "channel": object{"$ref": "#/channels/" + name}}
	}
	return all
}

func messages() object {
	all := object{}
	for _, typ := range events.Types() {
		all[typ] = object{"name": typ, "contentType": feed.ContentType, "payload": object{"allOf": []object{
			ref("schemas", envelope),
			{"type": "object", "properties": object{
				"type": object{"const": typ},
				"data": object{"oneOf": []object{ref("schemas", typ),
					{"type": "null", "description": "when the content is erased"}}},
			}},
		}}}
	}
	return all
}

func schemas() object {
	all := object{envelope: schemaOf(reflect.TypeFor[feed.Message]())}
	for _, typ := range events.Types() {
		all[typ] = schemaOf(events.PublicType(events.TypeOf(typ)))
	}
	return all
}
