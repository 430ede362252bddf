package eventlist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"accountd/commands"
	"accountd/events/eventlog"
	"accountd/http/rest"
)

const (
	chunk       = 256 // records that are held at once
	slowest     = time.Minute
	contentType = "application/x-ndjson"
)

// New returns what answers the call for an Actor who is known.
func New(s rest.Service, log *eventlog.Log) func(http.ResponseWriter, *http.Request, commands.Actor) error {
	return list{service: s, log: log}.serve
}

type list struct {
	service rest.Service
	log     *eventlog.Log
}

// page is what was asked for.
type page struct{ after, limit uint64 }

func (l list) serve(w http.ResponseWriter, r *http.Request, a commands.Actor) error {
	if !commands.MayReadLog(l.service.View.States(), a) {
		return &commands.Refusal{Kind: commands.Forbidden, Reason: "not_allowed",
			Detail: "The history of all accounts needs the permission audit."}
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return rest.BadRequest("query_invalid", "", "The query cannot be read.")
	}
	p, err := pageOf(query)
	if err != nil {
		return err
	}
	head, err := l.log.Last(r.Context())
	if err != nil {
		return fmt.Errorf("asking for the end of the log: %w", err)
	}
	w.Header().Set("Content-Type", contentType)
	if r.Method == http.MethodHead || p.after >= head {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	p.limit = min(p.limit, head-p.after)
	return l.stream(w, r, p)
}

// stream writes the page's records, piece by piece.
func (l list) stream(w http.ResponseWriter, r *http.Request, p page) error {
	var out bytes.Buffer
	lines := json.NewEncoder(&out)
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Time{}) // when it passes, net/http takes the client for gone
	for begun := false; p.limit > 0; begun = true {
		records, err := l.log.Read(r.Context(), p.after, int(min(p.limit, chunk)))
		if err == nil && len(records) == 0 {
			err = fmt.Errorf("the log ends at %d", p.after)
		}
		if err != nil {
			return broken(r, begun, fmt.Errorf("reading the log: %w", err))
		}
		out.Reset()
		for _, record := range records {
			if err := lines.Encode(eventOf(record)); err != nil {
				return broken(r, begun, fmt.Errorf("encoding record %d: %w", record.Sequence, err))
			}
		}
		p.after, p.limit = p.after+uint64(len(records)), p.limit-uint64(len(records))
		_ = conn.SetWriteDeadline(time.Now().Add(slowest))
		if _, err := w.Write(out.Bytes()); err != nil {
			return nil //nolint:nilerror // the client is gone
		}
		_ = conn.Flush()
	}
	return nil
}

// broken returns the error as long as it can be answered, and breaks the answer off when that has begun.
func broken(r *http.Request, begun bool, err error) error {
	if !begun {
		return err
	}
	rest.InfoOf(r.Context()).Failure = err
	panic(http.ErrAbortHandler)
}

func pageOf(query url.Values) (page, error) {
	p := page{limit: math.MaxUint64}
	for name, values := range query {
		n, err := strconv.ParseUint(values[0], 10, 64)
		switch {
		case name != "after" && name != "limit":
			return page{}, rest.BadRequest("parameter_unknown", "", "There is no parameter %q; there are after and limit.", name)
		case err != nil || len(values) > 1:
			return page{}, rest.BadRequest("parameter_invalid", "", "The parameter %s takes one whole number.", name)
		case name == "after":
			p.after = n
		case n == 0:
			return page{}, rest.BadRequest("parameter_invalid", "", "The parameter limit takes a number from 1 up.")
		default:
			p.limit = n
		}
	}
	return p, nil
}
