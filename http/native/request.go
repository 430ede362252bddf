package native

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/http/rest"
)

// escaped makes the routes match the path as it was sent, so that a segment may hold an escaped slash; see param.
func escaped(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.EscapedPath(); path != r.URL.Path {
			sent, u := *r, *r.URL
			u.Path, u.RawPath, sent.URL = path, "", &u
			r = &sent
		}
		h.ServeHTTP(w, r)
	})
}

// param returns a path parameter, unescaped.
func param(r *http.Request, name string) string {
	value, _ := url.PathUnescape(rest.Param(r, name)) // the path was well-formed
	return value
}

// userID returns the user id of the path, the zero UUID, which nobody has, for what is none.
func userID(r *http.Request) uuid.UUID { return parseID(param(r, "id")) }

// parseID reads the usual form of a UUID; anything else is the zero UUID.
func parseID(s string) uuid.UUID {
	if id, err := uuid.Parse(s); err == nil && len(s) == 36 {
		return id
	}
	return uuid.Nil
}

func noSuchUser() error {
	return &commands.Refusal{Kind: commands.NotFound, Reason: "user_not_found", Detail: "There is no such user."}
}

// visible returns the user of the path when the caller may see it.
func (c caller) visible(r *http.Request) (*commands.User, error) {
	u := c.states.User(userID(r))
	if u == nil || !c.scope().Sees(u) {
		return nil, noSuchUser()
	}
	return u, nil
}

// withoutQuery refuses every query parameter.
func withoutQuery(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		if r.URL.RawQuery != "" {
			query, err := queryOf(r)
			if err != nil {
				return err
			}
			if err := noParameters(query); err != nil {
				return err
			}
		}
		return h(w, r, c)
	}
}

func queryOf(r *http.Request) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, rest.BadRequest("query_invalid", "", "The query is not well-formed.")
	}
	return query, nil
}

// noParameters refuses the parameters that nobody asked for.
func noParameters(query url.Values) error {
	if names := slices.Sorted(maps.Keys(query)); len(names) > 0 {
		return unknownParameter(names[0])
	}
	return nil
}

func unknownParameter(name string) error {
	return badParameter(name, "parameter_unknown", "There is no such parameter here.")
}

const (
	typeJSON       = "application/json"
	typeMergePatch = "application/merge-patch+json"
)

// readObject reads the members of the body's JSON object. Without a body there are none, when that is allowed.
func readObject(w http.ResponseWriter, r *http.Request, mayBeEmpty bool, types ...string) (*members, error) {
	if err := checkType(r, types); err != nil {
		return nil, err
	}
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	if mayBeEmpty && len(body) == 0 {
		return &members{}, nil
	}
	values, err := rest.DecodeObject[object](body, false)
	if err != nil {
		return nil, err
	}
	return &members{left: values}, nil
}

// readNothing reads the body of a request that says nothing.
func readNothing(w http.ResponseWriter, r *http.Request) error {
	m, err := readObject(w, r, true, typeJSON)
	if err != nil {
		return err
	}
	return m.done()
}

// readPatch reads the members of a merge patch.
func readPatch(w http.ResponseWriter, r *http.Request) (*members, error) {
	m, err := readObject(w, r, false, typeMergePatch, typeJSON)
	if err == nil {
		m.merge = true
	}
	return m, err
}

// checkType refuses a body of another type. One that does not say what it is counts as right.
func checkType(r *http.Request, types []string) error {
	sent := r.Header.Get("Content-Type")
	if sent == "" {
		return nil
	}
	if t, _, err := mime.ParseMediaType(sent); err == nil && slices.Contains(types, t) {
		return nil
	}
	return rest.RequestError{Status: http.StatusUnsupportedMediaType, Reason: "media_type_unsupported",
		Detail: "The body must be of the type " + strings.Join(types, " or ") + "."}
}

// location returns the path of something below the request's path.
func location(r *http.Request, names ...string) string {
	path := r.URL.Path
	for _, name := range names {
		path += "/" + url.PathEscape(name)
	}
	return path
}

// writeMade answers a request that made something which has a place of its own.
func writeMade(w http.ResponseWriter, out commands.Outcome, location string, made any) error {
	rest.SetSequence(w, out.Sequence)
	w.Header().Set("Location", location)
	return rest.Write(w, http.StatusCreated, made)
}
