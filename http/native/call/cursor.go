package call

import (
	"net/http"
	"net/url"
)

const CursorParameter = "cursor"

// TakeCursor takes the cursor out of the query, if there is one. It stands in the place of an offset.
func TakeCursor(query url.Values) (string, error) {
	cursor, err := Single(query, CursorParameter)
	if err == nil && cursor != "" && query.Has("offset") {
		err = BadParameter("offset", "offset_and_cursor", "A page begins at an offset or at a cursor, not at both.")
	}
	query.Del(CursorParameter)
	return cursor, err
}

// linkOn sets the links of a page that began at a cursor: to the first page and to the next one.
func (p Page) linkOn(w http.ResponseWriter, next *string) {
	links := []string{p.to(0, "first")}
	if next != nil {
		links = append(links, p.at(CursorParameter+"="+*next, "next"))
	}
	setLinks(w, links)
}
