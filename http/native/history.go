package native

import (
	"net/http"
	"slices"
	"time"

	"accountd/http/native/call"
	"accountd/http/rest"
	"accountd/http/rest/openapi"
)

func (a *api) historyCalls() call.Noun {
	return call.Noun{
		Tag: openapi.Tag{Name: "History", About: "The changes of a user."},
		Calls: []call.Call{{Method: http.MethodGet, Path: call.UsersPath + "/:id/history", Handle: a.getHistory,
			Doc: openapi.Operation{
				Summary: "List a user's history",
				About: "Datacenters and groups have the names that they had at the time, or before they were " +
					"deleted.",
				Answer: historyListAnswer{}, Query: []openapi.Parameter{
					{Name: "limit", About: "Entries of a page; 50 when omitted, 1000 at most.",
						Schema: openapi.Count()},
					{Name: "sort", About: "The newest entries come first, unless this is sequence.",
						Schema: openapi.Text("sequence", "-sequence")},
					{Name: "after", About: "Entries after this sequence only.", Schema: openapi.Count()},
					{Name: "before", About: "Entries before this sequence only.", Schema: openapi.Count()},
					call.CursorOf("with the same bounds: nothing")}}}},
	}
}

func (a *api) getHistory(w http.ResponseWriter, r *http.Request, c call.Caller) error {
	s, err := readHistoryQuery(r)
	if err != nil {
		return err
	}
	id := call.UserID(r)
	if err := mayReadPast(c, id); err != nil {
		return err
	}
	life, err := a.Past.Life(r.Context(), id)
	if err != nil {
		return err
	}
	if len(life.Records) == 0 {
		return call.NoSuchUser()
	}
	p := s.of(life)
	names, err := a.Past.Names(r.Context())
	if err != nil {
		return err
	}
	d := differ{names: names, api: a}
	data := make([]historyAnswer, 0, p.to-p.from)
	for i := p.from; i < p.to; i++ {
		data = append(data, d.entry(life, i))
	}
	if !s.oldest {
		slices.Reverse(data)
	}
	answer := historyListAnswer{Data: data}
	answer.Meta.Total, answer.Meta.Limit = p.high-p.low, s.limit
	var links []string
	if p.more(!s.oldest) {
		answer.Meta.NextCursor = new(p.cursor(life, !s.oldest))
		links = append(links, s.link("next", *answer.Meta.NextCursor))
	}
	if p.more(s.oldest) {
		links = append(links, s.link("prev", p.cursor(life, s.oldest)))
	}
	for _, link := range call.FittingLinks(links) {
		w.Header().Add("Link", link)
	}
	return rest.Write(w, http.StatusOK, answer)
}

// historyAnswer is one record of a user.
type historyAnswer struct {
	Sequence   uint64         `json:"sequence"`
	Time       time.Time      `json:"time"`
	Type       string         `json:"type"`
	Actor      string         `json:"actor"`
	Credential *string        `json:"credential"`
	Dialect    *string        `json:"dialect"`
	RequestID  *string        `json:"request_id"`
	Erased     bool           `json:"erased"`
	Changes    []changeAnswer `json:"changes"`
}

type historyListAnswer struct {
	Data []historyAnswer `json:"data"`
	Meta struct {
		Total      int     `json:"total"`
		Limit      int     `json:"limit"`
		NextCursor *string `json:"next_cursor"`
	} `json:"meta"`
}
