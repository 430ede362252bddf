package auditlog

import (
	"net/http"
	"net/url"
	"time"

	"accountd/events/audit"
	"accountd/http/rest"
)

// slowest is how long a client may take for a piece of an export.
const slowest = time.Minute

func (o Options) records(w http.ResponseWriter, r *http.Request, query url.Values) error {
	if err := known(query, "keys"); err != nil {
		return err
	}
	keys := query.Get("keys") == "true"
	if query.Has("keys") && !keys {
		return rest.BadRequest("parameter_invalid", "", "The parameter keys takes true.")
	}
	size, signed, err := o.newest(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Time{}) // when it passes, net/http takes the client for gone
	header := audit.Header{Records: size, Key: o.Signer.Key(), Checkpoint: string(signed)}
	if err := audit.WriteExport(r.Context(), patient{w, conn}, o.Log, header, keys); err != nil {
		rest.InfoOf(r.Context()).Failure = err
		panic(http.ErrAbortHandler)
	}
	return nil
}

// patient gives the client time for every piece.
type patient struct {
	http.ResponseWriter
	conn *http.ResponseController
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(time.Now().Add(slowest))
	return p.ResponseWriter.Write(b)
}
