package e24

import (
	"net/http"

	"accountd/http/rest"
)

// Problem answers a request that failed, in the shape of this dialect:
//
//	{"success":false,"error":{"code":"…","message":"…","field":"…","request_id":"…"}}
//
// field is there only when one member or parameter is to blame.
func Problem(w http.ResponseWriter, r *http.Request, err error) {
	f := rest.FaultOf(err)
	status := f.Head(w, r, err)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "HMAC-SHA256")
	}
	j := rest.NewJSON(256).Open('{').Key("success").Bool(false).Key("error").Open('{')
	j.Key("code").String(f.Reason).Key("message").String(f.Detail)
	if f.Field != "" {
		j.Key("field").String(wireField(f.Field))
	}
	j.Key("request_id").String(rest.InfoOf(r.Context()).ID).Close('}').Close('}')
	rest.WriteJSON(w, status, j.Bytes())
}

// wireField returns what the wire calls a field of the domain.
func wireField(field string) string {
	switch field {
	case "title":
		return "name"
	case "key":
		return "content"
	}
	return field
}
