package problems

import "accountd/http/rest"

type listAnswer struct {
	Data []problemAnswer `json:"data"`
}

type problemAnswer struct {
	Type     string `json:"type"` // as problems have it
	Code     string `json:"code"`
	Title    string `json:"title"`
	Statuses []int  `json:"statuses"`
	Meaning  string `json:"meaning"`
	Advice   string `json:"advice"`
}

func listAnswerOf(all []Problem) listAnswer {
	var out listAnswer
	for _, p := range all {
		out.Data = append(out.Data, answerOf(p))
	}
	return out
}

func answerOf(p Problem) problemAnswer {
	return problemAnswer{p.path(), p.Code, rest.Title(p.Code), p.Statuses, p.Meaning, p.Advice}
}

// path is where the page about the problem is.
func (p Problem) path() string { return Path + "/" + p.Code }
