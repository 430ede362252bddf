package ctl

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// page is a part of a list.
type page struct {
	Data []json.RawMessage
	Meta struct{ Total int }
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
		next = nextPage(header)
	}
	return nil
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
