package danube

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxIndent is the widest indent that a client may ask for.
const maxIndent = 8

// rendering returns by how many blanks the answer is to be indented, 0 for none, and false when the client takes no
// JSON. The most exact of the types that are accepted counts.
func rendering(h http.Header) (indent int, ok bool) {
	accept := strings.Join(h.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return 0, true
	}
	best := -1
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, _ := mime.ParseMediaType(part)
		exact := slices.Index([]string{"*/*", "application/*", mediaType}, kind)
		if exact == 2 && len(params) > 0 {
			exact = 3
		}
		if exact <= best {
			continue
		}
		best, indent = exact, 0
		if n, err := strconv.Atoi(params["indent"]); err == nil && exact == 3 {
			indent = min(max(n, 0), maxIndent)
		}
	}
	return indent, best >= 0
}

const mediaType = "application/json"

// render returns v as JSON without a line break at its end, and without escaping what only HTML needs escaped.
func render(v any, indent int) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", strings.Repeat(" ", indent))
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
