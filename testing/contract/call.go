package contract

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// Request is a request to an operation.
type Request struct {
	Method string
	Path   string // as it is sent
	Query  string // likewise
	Header http.Header
	Body   string
	About  string // what is wrong with it, if anything
}

// String returns the request as people read it.
func (r Request) String() string {
	out := r.Method + " " + r.Target()
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		out += fmt.Sprintf("\n%s: %q", name, r.Header[name])
	}
	return out + "\n\n" + r.Body
}

// Target returns the path and query.
func (r Request) Target() string {
	if r.Query == "" {
		return r.Path
	}
	return r.Path + "?" + r.Query
}

// Allowed returns requests that the document allows.
func (o Operation) Allowed(known Known) *rapid.Generator[Request] {
	return rapid.Custom(func(t *rapid.T) Request {
		d := drawer{t, o.contract, known}
		rapid.Bool().Draw(t, "anything") // a request that leaves nothing open is made up, too
		r := Request{Method: o.Method, Path: o.Path, Header: http.Header{}}
		var query []string
		for _, p := range o.parameters() {
			in, name, schema := p["in"].(string), p["name"].(string), p["schema"].(object)
			if in == "path" {
				r.Path = strings.Replace(r.Path, "{"+name+"}", d.segment(schema, name), 1)
				continue
			}
			if p["required"] != true && rapid.IntRange(0, 4).Draw(t, "there") > 0 {
				continue
			}
			value := plain(d.value(schema, name))
			if values := known[name]; len(values) > 0 {
				value = rapid.SampledFrom(values).Draw(t, name)
			}
			if in == "header" {
				r.Header.Set(name, value)
				continue
			}
			query = append(query, url.QueryEscape(name)+"="+inQuery(p, value))
		}
		r.Query = strings.Join(query, "&")
		r.Body = o.body(d, r.Header)
		return r
	})
}

func (o Operation) parameters() (out []object) {
	all, _ := o.described["parameters"].([]any)
	for _, p := range all {
		out = append(out, p.(object))
	}
	return out
}

// inQuery returns a value as a query has it: the commas that separate values are not encoded.
func inQuery(parameter object, value string) string {
	if parameter["explode"] == false {
		return strings.ReplaceAll(url.QueryEscape(value), "%2C", ",")
	}
	return url.QueryEscape(value)
}

// segment draws a segment of a path, which is never empty and never leads elsewhere.
func (d drawer) segment(schema object, name string) string {
	value := plain(d.value(schema, name))
	if value == "" || value == "." || value == ".." {
		value = "x"
	}
	return url.PathEscape(value)
}

// plain returns a value as it stands in a path, a query or a header.
func plain(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []any:
		texts := make([]string, len(value))
		for i, v := range value {
			texts[i] = plain(v)
		}
		return strings.Join(texts, ",")
	}
	return string(encode(value))
}

func encode(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was made of what JSON has
	}
	return text
}

// body draws the body, if the operation takes one, and says of which type it is.
func (o Operation) body(d drawer, header http.Header) string {
	described, ok := o.described["requestBody"].(object)
	if !ok {
		return ""
	}
	content := described["content"].(object)
	kind := rapid.SampledFrom(slices.Sorted(maps.Keys(content))).Draw(d.T, "Content-Type")
	header.Set("Content-Type", kind)
	value := d.value(content[kind].(object)["schema"].(object), "body")
	switch kind {
	case "application/x-www-form-urlencoded":
		form := url.Values{}
		for name, v := range value.(object) {
			form.Set(name, plain(v))
		}
		return form.Encode()
	case "application/x-ndjson":
		return plain(value) + "\n"
	}
	return string(encode(value))
}

// sshKey returns a public key that is nobody's.
func sshKey(number int) string {
	const kind = "ssh-ed25519"
	blob := binary.BigEndian.AppendUint32(nil, uint32(len(kind)))
	blob = binary.BigEndian.AppendUint32(append(blob, kind...), 32)
	blob = binary.BigEndian.AppendUint64(append(blob, make([]byte, 24)...), uint64(number))
	return kind + " " + base64.StdEncoding.EncodeToString(blob)
}
