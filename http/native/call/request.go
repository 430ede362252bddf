package call

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

// Param returns a path parameter, unescaped.
func Param(r *http.Request, name string) string {
	value, _ := url.PathUnescape(rest.Param(r, name)) // the path was well-formed
	return value
}

// UserID returns the user id of the path, the zero UUID, which nobody has, for what is none.
func UserID(r *http.Request) uuid.UUID { return ParseID(Param(r, "id")) }

// ParseID reads the usual form of a UUID; anything else is the zero UUID.
func ParseID(s string) uuid.UUID {
	if id, err := uuid.Parse(s); err == nil && len(s) == 36 {
		return id
	}
	return uuid.Nil
}

// NoSuchUser says the same of a user who is not there and of one whom the caller may not see.
func NoSuchUser() error {
	return &commands.Refusal{Kind: commands.NotFound, Reason: "user_not_found", Detail: "There is no such user."}
}

// Visible returns the user of the path when the caller may see it.
func (c Caller) Visible(r *http.Request) (*commands.User, error) {
	u := c.States.User(UserID(r))
	if u == nil || !c.Scope().Sees(u) {
		return nil, NoSuchUser()
	}
	return u, nil
}

// withoutQuery refuses every query parameter.
func withoutQuery(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request, c Caller) error {
		if r.URL.RawQuery != "" {
			query, err := QueryOf(r)
			if err != nil {
				return err
			}
			if err := NoParameters(query); err != nil {
				return err
			}
		}
		return h(w, r, c)
	}
}

// QueryOf returns the parameters of the query, or what is wrong with its form.
func QueryOf(r *http.Request) (url.Values, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, rest.BadRequest("query_invalid", "", "The query is not well-formed.")
	}
	return query, nil
}

// NoParameters refuses the parameters that nobody asked for.
func NoParameters(query url.Values) error {
	if names := slices.Sorted(maps.Keys(query)); len(names) > 0 {
		return UnknownParameter(names[0])
	}
	return nil
}

// UnknownParameter refuses a parameter that the call does not have.
func UnknownParameter(name string) error {
	return BadParameter(name, "parameter_unknown", "There is no such parameter here.")
}

const (
	TypeJSON       = "application/json"
	TypeMergePatch = "application/merge-patch+json"
)

// ReadObject reads the members of the body's JSON object. Without a body there are none, when that is allowed.
func ReadObject(w http.ResponseWriter, r *http.Request, mayBeEmpty bool, types ...string) (*Members, error) {
	if err := CheckType(r, types); err != nil {
		return nil, err
	}
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	if mayBeEmpty && len(body) == 0 {
		return &Members{}, nil
	}
	values, err := rest.DecodeObject[Object](body, false)
	if err != nil {
		return nil, err
	}
	return &Members{left: values}, nil
}

// ReadNothing reads the body of a request that says nothing.
func ReadNothing(w http.ResponseWriter, r *http.Request) error {
	m, err := ReadObject(w, r, true, TypeJSON)
	if err != nil {
		return err
	}
	return m.Done()
}

// ReadPatch reads the members of a merge patch.
func ReadPatch(w http.ResponseWriter, r *http.Request) (*Members, error) {
	m, err := ReadObject(w, r, false, TypeMergePatch, TypeJSON)
	if err == nil {
		m.merge = true
	}
	return m, err
}

// CheckType refuses a body of another type, in another charset than UTF-8, or encoded, such as by gzip. One that does
// not say what it is counts as right.
func CheckType(r *http.Request, types []string) error {
	detail := ""
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		detail = "The body must not be encoded (Content-Encoding)."
	} else if sent := r.Header.Get("Content-Type"); sent != "" {
		t, parameters, err := mime.ParseMediaType(sent)
		charset := strings.ToLower(parameters["charset"])
		switch {
		case err != nil || !slices.Contains(types, t):
			detail = "The body must be of the type " + strings.Join(types, " or ") + "."
		case !slices.Contains([]string{"", "utf-8", "us-ascii"}, charset):
			detail = "The body must be in UTF-8."
		}
	}
	if detail == "" {
		return nil
	}
	return rest.RequestError{Status: http.StatusUnsupportedMediaType, Reason: "media_type_unsupported", Detail: detail}
}

// Location returns the path of something below the request's path.
func Location(r *http.Request, names ...string) string {
	path := r.URL.Path
	for _, name := range names {
		path += "/" + url.PathEscape(name)
	}
	return path
}

// WriteMade answers a request that made something which has a place of its own.
func WriteMade(w http.ResponseWriter, out commands.Outcome, location string, made any) error {
	rest.SetSequence(w, out.Sequence)
	w.Header().Set("Location", location)
	return rest.Write(w, http.StatusCreated, made)
}

// UsersPath is where users are.
const UsersPath = "/v1/users"
