package danube

import (
	"bytes"
	"encoding/json"
	"math/big"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"accountd/http/rest"
)

// input is what a request says: texts when the query says it; what JSON has, numbers as they are written, when the body
// does.
type input map[string]any

// readInput returns the query of a GET, and the body of everything else. A body that is no JSON, or does not claim to
// be, says nothing.
func readInput(w http.ResponseWriter, r *http.Request) (input, error) {
	if r.Method == http.MethodGet {
		return readQuery(r.URL.RawQuery), nil
	}
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	if !claimsJSON(r.Header.Get("Content-Type")) {
		return input{}, nil
	}
	v, err := parseJSON(body)
	if err != nil {
		return input{}, nil
	}
	return membersOf(v, r.Method)
}

// readQuery returns the last of each parameter's values.
func readQuery(raw string) input {
	in := input{}
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		in[unescape(name)] = unescape(value)
	}
	return in
}

func unescape(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

func claimsJSON(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return kind == mediaType
}

func parseJSON(body []byte) (any, error) {
	if !utf8.Valid(body) || rest.LoneSurrogate(body) {
		return nil, errNoJSON
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil, errNoJSON
	}
	return v, nil
}

// membersOf returns what an object says. Anything else is not what a body can be, which is told when the fields are
// read.
func membersOf(v any, method string) (input, error) {
	if o, ok := v.(map[string]any); ok {
		return o, nil
	}
	if v == nil && method != http.MethodPost {
		return input{}, invalid{{noField, []string{"No input provided"}}}
	}
	return input{}, invalidData()
}

// given reports whether the request names the parameter with something in it.
func (in input) given(name string) bool {
	text, isText := textOf(in[name])
	return in[name] != nil && (!isText || text != "")
}

// truth returns the parameter's truth value, that of absent where the request does not name it.
func (in input) truth(name string, absent bool) (bool, error) {
	v, ok := in[name]
	if !ok {
		return absent, nil
	}
	return truthOf(v)
}

// falseTexts are the texts that are not true, besides the empty one: no and off are.
var falseTexts = []string{"f", "F", "False", "FALSE", "0", "false", ""}

func truthOf(v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		return !slices.Contains(falseTexts, v), nil
	case json.Number:
		n, ok := new(big.Float).SetString(v.String())
		return !ok || n.Sign() != 0, nil
	}
	return false, invalidData()
}

// textOf returns a single value as text, the way in which the clients' language writes it, and false for a list or an
// object that has something in it.
func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		if v {
			return "True", true
		}
		return "False", true
	case json.Number:
		return numberText(v.String()), true
	case []any:
		return "", len(v) == 0
	case map[string]any:
		return "", len(v) == 0
	}
	return "", false
}

// numberText writes whole numbers as they are, and others with at least one decimal.
func numberText(written string) string {
	if !strings.ContainsAny(written, ".eE") {
		return written
	}
	f, err := strconv.ParseFloat(written, 64)
	if err != nil {
		return written
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// listOf returns the texts of a list, which a text with commas may stand for.
func listOf(v any) ([]string, bool) {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			text, ok := textOf(e)
			if !ok {
				return nil, false
			}
			out = append(out, strings.TrimSpace(text))
		}
	case string:
		if v == "" {
			return nil, true
		}
		for part := range strings.SplitSeq(v, ",") {
			out = append(out, strings.TrimSpace(part))
		}
	default:
		text, single := textOf(v)
		return nil, single && (text == "" || text == "False" || text == "0")
	}
	return out, true
}
