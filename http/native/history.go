package native

import (
	"net/http"
	"slices"

	"accountd/http/rest"
)

func (a *api) getHistory(w http.ResponseWriter, r *http.Request, c caller) error {
	s, err := stretchOf(r)
	if err != nil {
		return err
	}
	id := userID(r)
	if err := c.mayReadPast(id); err != nil {
		return err
	}
	life, err := a.Past.Life(r.Context(), id)
	if err != nil {
		return err
	}
	if len(life.Records) == 0 {
		return noSuchUser()
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
	for _, link := range fitting(links) {
		w.Header().Add("Link", link)
	}
	return rest.Write(w, http.StatusOK, answer)
}
