package openapi

import (
	"encoding/json"
	"net/http"

	"accountd/http/rest"
)

// Path is where the document is; see [Dialect.Path] for its parts.
const Path = "/openapi.json"

// New returns what serves the document of the dialects, and that of each.
func New(problem rest.Problem, dialects ...Dialect) http.Handler {
	contents := map[string][]byte{"": encoded(dialects...)}
	for _, d := range dialects {
		contents[d.Name] = encoded(d)
	}
	serve := func(w http.ResponseWriter, r *http.Request) error {
		content, ok := contents[r.URL.Query().Get("dialect")]
		if !ok {
			return rest.BadRequest("dialect_unknown", "", "There is no such dialect.")
		}
		rest.WriteJSON(w, http.StatusOK, content)
		return nil
	}
	return rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: Path, Handle: serve}, {Method: http.MethodHead, Path: Path, Handle: serve},
	}, problem)
}

func encoded(dialects ...Dialect) []byte {
	content, err := json.MarshalIndent(Document(dialects...), "", " ")
	if err != nil {
		panic(err) // the document is made of constants
	}
	return content
}
