package page

import (
	"mime"
	"net/http"
	"net/url"

	"accountd/http/rest"
)

const typeForm = "application/x-www-form-urlencoded"

// ReadForm returns the values of a posted form, which has [rest.SmallBody] at most; what stands in the URL is none of
// them.
func ReadForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != typeForm {
		return nil, rest.RequestError{Status: http.StatusUnsupportedMediaType, Reason: "media_type_unsupported",
			Detail: "A form is sent as " + typeForm + "."}
	}
	rest.Shorten(w, r)
	body, err := rest.ReadBody(w, r)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, rest.BadRequest("form_invalid", "", "The form is not well-formed.")
	}
	return values, nil
}
