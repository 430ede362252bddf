package call

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
	DefaultLimit = 50
	MaxLimit     = 1000
)

// Page is the part of a list that was asked for.
type Page struct {
	Limit, Offset int
	path          string
	others        string // the other parameters, encoded
}

// TakePage takes limit and offset out of the query.
func TakePage(r *http.Request, query url.Values) (p Page, err error) {
	if p.Limit, err = TakeCount(query, "limit", DefaultLimit); err != nil {
		return p, err
	}
	if p.Offset, err = TakeCount(query, "offset", 0); err != nil {
		return p, err
	}
	p.Limit = min(p.Limit, MaxLimit)
	p.path, p.others = r.URL.EscapedPath(), Without(RawQuery(r), "limit", "offset", CursorParameter)
	return p, nil
}

// TakeCount takes a whole number from 0 up out of the query. One that is too large to be held is the largest that is
// not.
func TakeCount(query url.Values, name string, absent int) (int, error) {
	if !query.Has(name) {
		return absent, nil
	}
	text, err := Single(query, name)
	if err != nil {
		return 0, err
	}
	query.Del(name)
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, BadParameter(name, name+"_invalid", "This must be a whole number from 0 up.")
	}
	return int(min(n, math.MaxInt)), nil
}

// Single returns the value of a parameter, which may stand there once.
func Single(query url.Values, name string) (string, error) {
	if len(query[name]) > 1 {
		return "", BadParameter(name, "parameter_repeated",
			"This parameter may stand here once; several values are separated by commas.")
	}
	return query.Get(name), nil
}

// link sets the links to the pages around this one (RFC 8288), of a list of so many entries. Without a limit there
// are no pages.
func (p Page) link(w http.ResponseWriter, total int) {
	if p.Limit == 0 {
		return
	}
	last := p.last(total)
	links := []string{p.to(0, "first")}
	if p.Offset > 0 {
		links = append(links, p.to(min(max(p.Offset-p.Limit, 0), last), "prev"))
	}
	if p.Offset < last {
		links = append(links, p.to(p.Offset+p.Limit, "next"))
	}
	setLinks(w, append(links, p.to(last, "last")))
}

// maxLinks bounds the header Link, in bytes: many clients and proxies take no more than 8 kB.
const maxLinks = 8000

// FittingLinks returns the links that fit: a long query is not repeated in all of them. The next page is worth most.
func FittingLinks(links []string) []string {
	for _, rel := range []string{"last", "first", "prev", "next"} {
		if len(strings.Join(links, ", ")) > maxLinks {
			links = slices.DeleteFunc(links, func(l string) bool { return strings.HasSuffix(l, `; rel="`+rel+`"`) })
		}
	}
	return links
}

func setLinks(w http.ResponseWriter, links []string) {
	if links = FittingLinks(links); len(links) > 0 {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
}

// last returns the offset of the last page that is reached from this one by steps of whole pages.
func (p Page) last(total int) int {
	first := p.Offset % p.Limit
	if total <= first {
		return 0
	}
	return first + (total-1-first)/p.Limit*p.Limit
}

func (p Page) to(offset int, rel string) string {
	return p.at("offset="+strconv.Itoa(offset), rel)
}

// at returns the link to the page that begins there.
func (p Page) at(place, rel string) string {
	query := "limit=" + strconv.Itoa(p.Limit) + "&" + place
	if p.others != "" {
		query = p.others + "&" + query
	}
	return "<" + p.path + "?" + query + `>; rel="` + rel + `"`
}

// Meta returns what is said about a page of a list of so many entries.
func (p Page) Meta(total int) Meta {
	return Meta{Total: total, Limit: p.Limit, Offset: p.Offset}
}

// LinkAround sets the links of a page of that meta, which began at a cursor or at an offset.
func (p Page) LinkAround(w http.ResponseWriter, m Meta, atCursor bool) {
	if atCursor {
		p.linkOn(w, m.NextCursor)
		return
	}
	p.link(w, m.Total)
}
