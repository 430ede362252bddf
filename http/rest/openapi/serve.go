package openapi

import (
	"encoding/json"
	"fmt"
	"net/http"

	"accountd/http/rest"
)

// Path is where the document is.
const Path = "/openapi.json"

// New returns what serves the document of the dialects.
func New(problem rest.Problem, dialects ...Dialect) http.Handler {
	content, err := json.MarshalIndent(Document(dialects...), "", " ")
	serve := func(w http.ResponseWriter, _ *http.Request) error {
		if err != nil {
			return fmt.Errorf("encoding the OpenAPI document: %w", err)
		}
		rest.WriteJSON(w, http.StatusOK, content)
		return nil
	}
	return rest.NewMux([]rest.Route{
		{Method: http.MethodGet, Path: Path, Handle: serve}, {Method: http.MethodHead, Path: Path, Handle: serve},
	}, problem)
}
