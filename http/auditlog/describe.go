package auditlog

import (
	"net/http"
	"net/url"

	"accountd/http/rest/openapi"
)

// call is what is done at a path below Path, and what the document has about it.
type call struct {
	do  func(http.ResponseWriter, *http.Request, url.Values) error
	doc openapi.Operation
}

// calls returns all of them, by their paths below Path.
func (o Options) calls() map[string]call {
	text, size, hash := openapi.Text(), openapi.Schema{"type": "integer", "minimum": 1}, openapi.Text()
	record := openapi.Object(map[string]openapi.Schema{"sequence!": size, "size!": size, "leaf!": hash, "root!": hash,
		"proof!": openapi.List(hash)})
	tree := openapi.Object(map[string]openapi.Schema{"from!": size, "to!": size, "from_root!": hash, "to_root!": hash,
		"proof!": openapi.List(hash)})
	return map[string]call{
		"/checkpoint": {o.checkpoint, openapi.Operation{Summary: "Show the signed checkpoint of the log",
			Answer: text,
			Got:    "text/plain"}},
		"/key": {o.key, openapi.Operation{Summary: "Show the key that verifies checkpoints", Answer: text,
			Got: "text/plain"}},
		"/proof": {o.proof, openapi.Operation{Summary: "Prove that a record is in the log, or that one checkpoint " +
			"extends another",
			About:  "seq asks for the proof of a record, from for the proof of an extension.",
			Answer: openapi.Or(record, tree),
			Query: []openapi.Parameter{
				{Name: "seq", About: "The record's sequence.", Schema: size},
				{Name: "size", About: "The size of the log to prove it for; the whole log when omitted.",
					Schema: size},
				{Name: "from", About: "The size of the earlier checkpoint.", Schema: size},
				{Name: "to", About: "The size of the later checkpoint; the whole log when omitted.",
					Schema: size}}}},
		"/records": {o.records, openapi.Operation{Summary: "List records as they are stored", Answer: text,
			Got: "application/x-ndjson",
			Query: []openapi.Parameter{{Name: "keys",
				About:  "true: include the data keys, wrapped by the master key. Only a super admin may get them.",
				Schema: openapi.Text("true")}}}},
	}
}

// Describe returns what /openapi.json has about the calls.
func Describe() openapi.Table {
	out := openapi.Table{}
	for path, c := range (Options{}).calls() {
		out["GET "+Path+path] = c.doc
	}
	return out
}
