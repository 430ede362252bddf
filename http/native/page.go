package native

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	defaultLimit = 50
	maxLimit     = 1000
)

// page is the part of a list that was asked for.
type page struct {
	limit, offset int
	path          string
	others        string // the other parameters, encoded
}

// takePage takes limit and offset out of the query.
func takePage(r *http.Request, query url.Values) (p page, err error) {
	if p.limit, err = count(query, "limit", defaultLimit); err != nil {
		return p, err
	}
	if p.offset, err = count(query, "offset", 0); err != nil {
		return p, err
	}
	p.limit = min(p.limit, maxLimit)
	p.path, p.others = r.URL.EscapedPath(), without(rawQuery(r), "limit", "offset", cursorParameter)
	return p, nil
}

// count takes a whole number from 0 up out of the query. One that is too large to be held is the largest that is not.
func count(query url.Values, name string, absent int) (int, error) {
	if !query.Has(name) {
		return absent, nil
	}
	text, err := single(query, name)
	if err != nil {
		return 0, err
	}
	query.Del(name)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, badParameter(name, name+"_invalid", "This must be a whole number from 0 up.")
	}
	return int(min(n, math.MaxInt)), nil
}

// single returns the value of a parameter, which may stand there once.
func single(query url.Values, name string) (string, error) {
	if len(query[name]) > 1 {
		return "", badParameter(name, "parameter_repeated", "This parameter may stand here once; several values are separated by commas.")
	}
	return query.Get(name), nil
}

// link sets the links to the pages around this one (RFC 8288), of a list of so many entries. Without a limit there
// are no pages.
func (p page) link(w http.ResponseWriter, total int) {
	if p.limit == 0 {
		return
	}
	last := p.last(total)
	links := []string{p.to(0, "first")}
	if p.offset > 0 {
		links = append(links, p.to(min(max(p.offset-p.limit, 0), last), "prev"))
	}
	if p.offset < last {
		links = append(links, p.to(p.offset+p.limit, "next"))
	}
	setLinks(w, append(links, p.to(last, "last")))
}

// maxLinks bounds the header Link, in bytes: many clients and proxies take no more than 8 kB.
const maxLinks = 8000

// fitting returns the links that fit: a long query is not repeated in all of them. The next page is worth most.
func fitting(links []string) []string {
	for _, rel := range []string{"last", "first", "prev", "next"} {
		if len(strings.Join(links, ", ")) > maxLinks {
			links = slices.DeleteFunc(links, func(l string) bool { return strings.HasSuffix(l, `; rel="`+rel+`"`) })
		}
	}
	return links
}

func setLinks(w http.ResponseWriter, links []string) {
	if links = fitting(links); len(links) > 0 {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
}

// last returns the offset of the last page that is reached from this one by steps of whole pages.
func (p page) last(total int) int {
	first := p.offset % p.limit
	if total <= first {
		return 0
	}
	return first + (total-1-first)/p.limit*p.limit
}

func (p page) to(offset int, rel string) string {
	return p.at("offset="+strconv.Itoa(offset), rel)
}

// at returns the link to the page that begins there.
func (p page) at(place, rel string) string {
	query := "limit=" + strconv.Itoa(p.limit) + "&" + place
	if p.others != "" {
		query = p.others + "&" + query
	}
	return "<" + p.path + "?" + query + `>; rel="` + rel + `"`
}

// meta returns what is said about a page of a list of so many entries.
func (p page) meta(total int) metaAnswer {
	return metaAnswer{Total: total, Limit: p.limit, Offset: p.offset}
}

// linkAround sets the links of a page of that meta, which began at a cursor or at an offset.
func (p page) linkAround(w http.ResponseWriter, m metaAnswer, atCursor bool) {
	if atCursor {
		p.linkOn(w, m.NextCursor)
		return
	}
	p.link(w, m.Total)
}
