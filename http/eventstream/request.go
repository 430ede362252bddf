package eventstream

import (
	"math"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"accountd/events"
	"accountd/http/rest"
	"accountd/projections/past"
)

const (
	typeSSE  = "text/event-stream"
	typeLine = "application/x-ndjson"
)

// wish is what a request asks for.
type wish struct {
	sse          bool
	follow       bool
	after        uint64
	since, until past.Moment // the zero Moment of since is the beginning
	bounded      bool        // until counts
	limit        uint64
	filter
}

// wishOf reads the request. Every error is a rest.RequestError.
func wishOf(r *http.Request) (wish, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return wish{}, rest.BadRequest("query_invalid", "", "The query cannot be read.")
	}
	w := wish{limit: math.MaxUint64}
	if w.sse, err = prefersSSE(r); err != nil {
		return wish{}, err
	}
	w.follow = w.sse
	for name, values := range query {
		if err := w.take(name, values); err != nil {
			return wish{}, err
		}
	}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		if w.after, err = strconv.ParseUint(id, 10, 64); err != nil {
			return wish{}, rest.BadRequest("last_event_id_invalid", "", "Last-Event-ID is the sequence of an event.")
		}
	}
	return w, nil
}

// prefersSSE reports whether the client takes server-sent events; who takes neither form is refused.
func prefersSSE(r *http.Request) (bool, error) {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	lines := accept == ""
	for part := range strings.SplitSeq(accept, ",") {
		switch t, _, _ := mime.ParseMediaType(part); t {
		case typeSSE:
			return true, nil
		case typeLine, "application/*", "*/*":
			lines = true
		}
	}
	if !lines {
		return false, rest.RequestError{Status: http.StatusNotAcceptable, Reason: "not_acceptable",
			Detail: "Events come as " + typeSSE + " or " + typeLine + "."}
	}
	return false, nil
}

// take reads one parameter.
func (w *wish) take(name string, values []string) error {
	if name == "type" {
		return w.takeTypes(values)
	}
	if len(values) > 1 {
		return invalid(name, "may stand here once")
	}
	value, ok := values[0], true
	switch name {
	case "after":
		w.after, ok = number(value)
	case "limit":
		w.limit, ok = number(value)
		ok = ok && w.limit > 0
	case "since":
		w.since, ok = past.ParseMoment(value)
		ok = ok && !w.since.Time.After(time.Now())
	case "until":
		w.until, ok = past.ParseMoment(value)
		w.bounded = true
	case "follow":
		w.follow, ok = value == "true", value == "true" || value == "false"
	case "user", "aggregate":
		return w.takeAggregate(name, value)
	default:
		return rest.BadRequest("parameter_unknown", "",
			"There is no parameter %q; there are after, aggregate, follow, limit, since, type, until and user.", name)
	}
	if !ok {
		return invalid(name, wants[name])
	}
	return nil
}

// wants says what a parameter takes.
var wants = map[string]string{
	"after": "takes a sequence", "limit": "takes a number from 1 up", "follow": "is true or false",
	"since": "takes a sequence, or a time as in 2006-01-02T15:04:05Z that is past",
	"until": "takes a sequence, or a time as in 2006-01-02T15:04:05Z",
	"user":  "takes a UUID", "aggregate": "takes a kind, such as user, or kind/uuid",
}

func invalid(name, what string) error {
	return rest.BadRequest("parameter_invalid", "", "The parameter %s %s.", name, what)
}

func number(text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil
}

func (w *wish) takeTypes(values []string) error {
	for name := range strings.SplitSeq(strings.Join(values, ","), ",") {
		known := false
		for _, t := range events.Types() {
			if t == name || strings.HasPrefix(t, name+".") {
				known, w.types = true, append(w.types, t)
			}
		}
		if !known {
			return rest.BadRequest("type_unknown", "", "There are no events of the type %.80q.", name)
		}
	}
	return nil
}

func (w *wish) takeAggregate(name, value string) error {
	if w.of.Kind != "" {
		return rest.BadRequest("parameter_invalid", "", "Of user and aggregate there may be one.")
	}
	kind, text, one := strings.Cut(value, "/")
	if name == "user" {
		kind, text, one = string(events.KindUser), value, true
	}
	id, err := uuid.Parse(text)
	if one && (err != nil || len(text) != 36 || id == uuid.Nil) || !slices.Contains(events.Kinds(), events.Kind(kind)) {
		return invalid(name, wants[name])
	}
	w.of = events.Aggregate{Kind: events.Kind(kind), ID: id}
	return nil
}

// filter says which Records are sent.
type filter struct {
	types []string         // none: all
	of    events.Aggregate // without an ID: all of its kind; without a Kind: all
}

func (f filter) passes(e *frame) bool {
	return (len(f.types) == 0 || slices.Contains(f.types, e.kind)) &&
		(f.of.Kind == "" || f.of.Kind == e.aggregate.Kind && (f.of.ID == uuid.Nil || f.of.ID == e.aggregate.ID))
}
