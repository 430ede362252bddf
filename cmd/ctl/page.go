package ctl

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// page is a part of a list.
type page struct {
	Data []json.RawMessage
	Meta struct {
		Total      int
		NextCursor *string `json:"next_cursor"`
	}
}

// pages calls each for a list's pages, as long as each wants more of them.
func (s service) pages(ctx context.Context, path string, each func(page) (more bool, err error)) error {
	for next := path; next != ""; {
		var got page
		header, err := s.call(ctx, http.MethodGet, next, nil, nil, &got)
		if err != nil {
			return err
		}
		if got.Data == nil {
			return misuse{fmt.Errorf("%s is no list; accountctl get shows it", strings.TrimPrefix(path, "/v1/"))}
		}
		more, err := each(got)
		if err != nil || !more {
			return err
		}
		if next = nextPage(header); got.Meta.NextCursor != nil {
			next = atCursor(path, *got.Meta.NextCursor)
		}
	}
	return nil
}

// atCursor returns the path of the list's page at a cursor, which nobody comes twice in or is missed by while others
// write.
func atCursor(path, cursor string) string {
	path, query, _ := strings.Cut(path, "?")
	parameters := slices.DeleteFunc(strings.Split(query, "&"), func(p string) bool {
		name, _, _ := strings.Cut(p, "=")
		return name == "" || name == "offset" || name == "cursor"
	})
	return path + "?" + strings.Join(append(parameters, "cursor="+url.QueryEscape(cursor)), "&")
}

// nextPage returns the path of the next page (RFC 8288), empty on the last one.
func nextPage(h http.Header) string {
	for link := range strings.SplitSeq(strings.Join(h.Values("Link"), ","), ",") {
		target, rel, _ := strings.Cut(strings.TrimSpace(link), ";")
		if strings.Contains(rel, `rel="next"`) {
			return strings.Trim(target, "<>")
		}
	}
	return ""
}
