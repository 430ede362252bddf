package native

import (
	"net/http"
	"net/url"

	"accountd/projections"
)

const cursorParameter = "cursor"

// takeCursor takes the cursor out of the query, if there is one. It stands in the place of an offset.
func takeCursor(query url.Values) (string, error) {
	cursor, err := single(query, cursorParameter)
	if err == nil && cursor != "" && query.Has("offset") {
		err = badParameter("offset", "offset_and_cursor", "A page begins at an offset or at a cursor, not at both.")
	}
	query.Del(cursorParameter)
	return cursor, err
}

// markOf returns the mark that a cursor is of a list which is sorted so, nil for none.
func markOf(cursor string, sorts []projections.Sort) (*projections.Mark, error) {
	if cursor == "" {
		return nil, nil
	}
	m, err := projections.ParseMark(cursor, sorts)
	if err != nil {
		return nil, badParameter(cursorParameter, "cursor_invalid", "This is no cursor of a list that is sorted so.")
	}
	return m, nil
}

// nextCursor returns the cursor of the page behind the one that was found, nil when that is the last one. Behind a cursor only
// a page that is not full is known to be the last.
func nextCursor(q projections.Query, found projections.Page) *string {
	n := len(found.Users)
	if n == 0 || n < q.Limit || q.After == nil && q.Offset+n >= found.Total {
		return nil
	}
	next := projections.MarkBehind(found.Users[n-1], q.Sort)
	return &next
}

// linkOn sets the links of a page that began at a cursor: to the first page and to the next one.
func (p page) linkOn(w http.ResponseWriter, next *string) {
	links := []string{p.to(0, "first")}
	if next != nil {
		links = append(links, p.at(cursorParameter+"="+*next, "next"))
	}
	setLinks(w, links)
}
