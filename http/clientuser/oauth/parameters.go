package oauth

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"accountd/http/rest"
)

// maxParts bounds the parts of a multipart form.
const maxParts = 100

// parameters are what a request says in its query and in its body together.
type parameters url.Values

// readParameters reads the query and the body, which is a form, one in parts, or nothing: clients send parameters in
// each of these ways, to this endpoint or that.
func readParameters(w http.ResponseWriter, r *http.Request) (parameters, error) {
	query, err := queryParameters(r)
	if err != nil {
		return nil, err
	}
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	kind, options, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // no type: a form
	form := url.Values{}
	switch kind {
	case "multipart/form-data":
		form, err = parseParts(body, options["boundary"])
	case "", "application/x-www-form-urlencoded":
		form, err = url.ParseQuery(string(body))
	}
	if err != nil {
		return nil, invalidRequest("The form is not well-formed.")
	}
	for name, values := range form {
		query[name] = append(query[name], values...)
	}
	return query, nil
}

func queryParameters(r *http.Request) (parameters, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, invalidRequest("The query is not well-formed.")
	}
	return parameters(query), nil
}

func parseParts(body []byte, boundary string) (url.Values, error) {
	out := url.Values{}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxParts {
		part, err := parts.NextPart()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		out.Add(part.FormName(), string(value))
	}
	return nil, multipart.ErrMessageTooLarge
}

// get returns the parameter, empty when it is absent.
func (p parameters) get(name string) string { return url.Values(p).Get(name) }

// check refuses parameters among the names that are given twice with different values.
func (p parameters) check(names ...string) error {
	for _, name := range names {
		for _, other := range p[name] {
			if other != p[name][0] {
				return invalidRequest("The parameter " + name + " is given twice.")
			}
		}
	}
	return nil
}

// need returns the parameter, which must be there.
func (p parameters) need(name string) (string, error) {
	if v := p.get(name); v != "" {
		return v, nil
	}
	return "", invalidRequest("The parameter " + name + " is missing.")
}
