package openapi

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Document returns the OpenAPI document of the dialects.
func Document(dialects ...Dialect) Schema {
	paths, named, headers, security, tags := Schema{}, Schema{}, Schema{}, Schema{}, []Schema{}
	for _, d := range dialects {
		for _, tag := range d.tags() {
			tags = append(tags, Schema{"name": tag.Name, "description": tag.About})
		}
		maps.Copy(security, asAny(d.Security))
		w := writer{Dialect: d, schemas: schemas{d.Name, named}, described: headers}
		for _, call := range slices.Sorted(maps.Keys(d.Table)) {
			method, path, _ := strings.Cut(call, " ")
			place, _ := paths[template(path)].(Schema)
			if place == nil {
				place = Schema{}
				paths[template(path)] = place
			}
			place[strings.ToLower(method)] = w.operation(method, path, d.Table[call])
		}
	}
	return Schema{
		"openapi":    "3.1.0",
		"info":       info(dialects),
		"servers":    []Schema{{"url": "/", "description": "this service"}},
		"tags":       tags,
		"paths":      paths,
		"components": Schema{"schemas": named, "headers": headers, "securitySchemes": security},
	}
}

// info is about the one dialect, or about all.
func info(dialects []Dialect) Schema {
	title, about := "accountd", "The accounts of a provider, in the APIs that its tools speak."
	if len(dialects) == 1 {
		title, about = dialects[0].Title, dialects[0].About
	}
	return Schema{"title": title, "version": "1.0.0", "description": about}
}

func asAny(in map[string]Schema) Schema {
	out := Schema{}
	for name, s := range in {
		out[name] = s
	}
	return out
}

// template returns the path with its parameters in OpenAPI's form.
func template(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

// writer writes the operations of one dialect.
type writer struct {
	Dialect
	schemas   schemas
	described Schema // headers, by name
}

func (w writer) operation(method, path string, o Operation) Schema {
	out := Schema{"tags": []string{cmp.Or(o.Tag, w.Name)}, "summary": o.Summary,
		"operationId": operationID(w.Name, method, path),
		"responses":   w.responses(method, path, o), "security": w.security(o)}
	if o.About != "" {
		out["description"] = o.About
	}
	if parameters := w.parameters(path, o); len(parameters) > 0 {
		out["parameters"] = parameters
	}
	if o.Body != nil {
		kinds := Schema{}
		for _, kind := range o.sent() {
			kinds[kind] = w.content(kind, o.Body, o.Example)
		}
		body := w.schemas.resolved(o.Body)
		out["requestBody"] = Schema{"required": body["required"] != nil || body["anyOf"] != nil, "content": kinds}
	}
	return out
}

// content is what a body of that media type has: an example, too, of what is JSON.
func (w writer) content(kind string, of, example any) Schema {
	out := Schema{"schema": w.schemas.of(of)}
	if example == nil && strings.HasSuffix(kind, "json") {
		example = w.schemas.example(w.schemas.of(of), "")
	}
	if example != nil {
		out["example"] = example
	}
	return out
}

func (o Operation) sent() []string {
	if len(o.Sent) == 0 {
		return []string{mediaType("")}
	}
	return o.Sent
}

func mediaType(name string) string {
	if name == "" {
		return "application/json"
	}
	return name
}

func operationID(dialect, method, path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == ':' || r == '-' || r == '.' })
	return dialect + "_" + strings.ToLower(method) + "_" + strings.Join(words, "_")
}

func (w writer) responses(method, path string, o Operation) Schema {
	out := w.failures(method, path, o)
	for _, status := range append([]int{o.status()}, o.Also...) {
		success := Schema{"description": http.StatusText(status), "headers": w.headers(Reply{method, path, o, status})}
		if o.Answer != nil && status != http.StatusNoContent && status != http.StatusAccepted {
			success["content"] = Schema{mediaType(o.Got): w.content(mediaType(o.Got), o.Answer, o.Result)}
		}
		out[strconv.Itoa(status)] = success
	}
	return out
}

func (w writer) failures(method, path string, o Operation) Schema {
	failure := w.Problem
	if o.Failure != nil {
		failure = o.Failure
	}
	content := Schema{mediaType(w.ProblemType): Schema{"schema": w.schemas.of(failure)}}
	failed := func(status int, about string) Schema {
		return Schema{"description": about, "content": content, "headers": w.headers(Reply{method, path, o, status})}
	}
	out := Schema{"4XX": failed(http.StatusBadRequest, "refused: nothing has changed"),
		"5XX": failed(http.StatusInternalServerError, "failed")}
	for _, status := range w.Failures {
		out[strconv.Itoa(status)] = failed(status, http.StatusText(status))
	}
	return out
}

// status is the usual one of success.
func (o Operation) status() int {
	switch {
	case o.Status != 0:
		return o.Status
	case o.Answer == nil:
		return http.StatusNoContent
	}
	return http.StatusOK
}

func (w writer) security(o Operation) []Schema {
	out := []Schema{}
	if o.Open {
		return out
	}
	for _, name := range slices.Sorted(maps.Keys(w.Security)) {
		out = append(out, Schema{name: []string{}})
	}
	return out
}

// parameters returns those of the path and the operation's own.
func (w writer) parameters(path string, o Operation) (out []Schema) {
	for s := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			schema := w.Segments[name]
			if schema == nil {
				schema = Text()
			}
			out = append(out, Schema{"name": name, "in": "path", "required": true, "schema": schema})
		}
	}
	for _, p := range o.Query {
		in := "query"
		if p.Header {
			in = "header"
		}
		parameter := Schema{"name": p.Name, "in": in, "description": p.About, "schema": p.Schema}
		if p.Schema["type"] == "array" {
			parameter["explode"] = false // its values are separated by commas
		}
		if p.Always {
			parameter["required"] = true
		}
		out = append(out, parameter)
	}
	return out
}
