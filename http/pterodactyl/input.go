package pterodactyl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"unicode/utf8"

	"accountd/http/rest"
)

// readInput returns what the query and the body say together; the body wins. A body that claims to be JSON and is not
// fails, whatever the method.
func readInput(w http.ResponseWriter, r *http.Request) (*object, error) {
	body, err := peekBody(w, r)
	if err != nil {
		return nil, err
	}
	query := parseVariables(r.URL.RawQuery)
	query.clean()
	for _, name := range query.names {
		if !body.has(name) {
			body.set(name, query.values[name])
		}
	}
	return body, nil
}

// The kinds of body that are read.
const (
	kindNone      = ""
	kindJSON      = "json"
	kindForm      = "form"
	kindMultipart = "multipart"
)

func bodyKind(r *http.Request) string {
	sent := strings.ToLower(r.Header.Get("Content-Type"))
	switch {
	case strings.Contains(sent, "/json"), strings.Contains(sent, "+json"):
		return kindJSON
	case strings.HasPrefix(sent, "application/x-www-form-urlencoded"):
		return kindForm
	case strings.HasPrefix(sent, "multipart/form-data"):
		return kindMultipart
	}
	return kindNone
}

// peekBody returns what the body says, and leaves the body to be read again.
func peekBody(w http.ResponseWriter, r *http.Request) (*object, error) {
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	o := newObject()
	switch bodyKind(r) {
	case kindJSON:
		if o, err = parseJSON(body); err != nil {
			return nil, err
		}
	case kindForm:
		o = parseVariables(string(body))
	case kindMultipart:
		o = parseMultipart(r.Header.Get("Content-Type"), body)
	}
	o.clean()
	return o, nil
}

func parseJSON(body []byte) (*object, error) {
	if len(body) == 0 {
		return newObject(), nil
	}
	if fault := jsonFault(body); fault != "" {
		return nil, malformed(fault)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var decoded any
	if err := d.Decode(&decoded); err != nil {
		return nil, malformed(faultSyntax)
	}
	return objectOf(decoded), nil
}

// What a parser of the panel's kind says of broken JSON.
const (
	faultSyntax  = "Syntax error"
	faultControl = "Control character error, possibly incorrectly encoded"
	faultUTF8    = "Malformed UTF-8 characters, possibly incorrectly encoded"
	faultUTF16   = "Single unpaired high surrogate in Unicode escape"
)

// jsonFault returns what is wrong with the JSON, empty when nothing is. A text that does not end counts as one with a
// control character in it, because such a parser sees a zero byte behind the end.
func jsonFault(body []byte) string {
	err := json.Unmarshal(body, new(json.RawMessage))
	ended := json.NewDecoder(bytes.NewReader(body)).Decode(new(json.RawMessage))
	truncated := errors.Is(ended, io.ErrUnexpectedEOF) || errors.Is(ended, io.EOF)
	at, garbled := len(body), firstInvalid(body)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok && !truncated {
		at = int(syntax.Offset) - 1
	}
	switch {
	case err == nil && garbled == len(body) && rest.LoneSurrogate(body):
		return faultUTF16
	case err == nil && garbled == len(body):
		return ""
	case garbled < len(body) && garbled <= at:
		return faultUTF8
	case at < len(body) && body[at] < ' ', truncated && inText(body):
		return faultControl
	}
	return faultSyntax
}

// firstInvalid returns where the first byte stands that is not UTF-8, the length when there is none.
func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(b)
}

// inText reports whether JSON that is right so far ends within a text.
func inText(b []byte) bool {
	in := false
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			in = !in
		case b[i] == '\\' && in:
			i++
		}
	}
	return in
}

// parseVariables reads a query or a form. Nothing in it can be wrong: what makes no sense is taken as it stands.
func parseVariables(s string) *object {
	o := newObject()
	n := 0
	for part := range strings.SplitSeq(s, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == "" {
			continue
		}
		if n++; n > maxVariables {
			break
		}
		o.setVariable(unescape(name), unescape(value))
	}
	return o
}

// unescape decodes percent-encoding where it is right, and leaves it where it is not.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0:
			out = append(out, byte(hex(s[i+1])<<4|hex(s[i+2])))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}

// hex returns the value of a hexadecimal digit, -1 for what is none.
func hex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// parseMultipart reads the fields of a multipart form up to where it is broken; files are ignored.
func parseMultipart(contentType string, body []byte) *object {
	o := newObject()
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" {
		return o
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for range maxVariables {
		part, err := parts.NextPart()
		if err != nil {
			break
		}
		value, err := io.ReadAll(part)
		if err == nil && part.FormName() != "" && part.FileName() == "" {
			o.setVariable(part.FormName(), string(value))
		}
	}
	return o
}
