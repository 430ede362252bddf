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
	d := differ{names: c.states.Directory(), api: a}
	data := make([]historyAnswer, 0, p.to-p.from)
	for i := p.from; i < p.to; i++ {
		data = append(data, d.entry(life, i))
	}
	if !s.oldest {
		slices.Reverse(data)
	}
	answer := historyListAnswer{Data: data}
	answer.Meta.Total, answer.Meta.Limit = p.high-p.low, s.limit
	if p.more(!s.oldest) {
		answer.Meta.NextCursor = new(p.cursor(life, !s.oldest))
		w.Header().Add("Link", s.link("next", *answer.Meta.NextCursor))
	}
	if p.more(s.oldest) {
		w.Header().Add("Link", s.link("prev", p.cursor(life, s.oldest)))
	}
	return rest.Write(w, http.StatusOK, answer)
}
