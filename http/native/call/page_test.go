package call

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLinks(t *testing.T) {
	offsets := regexp.MustCompile(`offset=(\d+)>; rel="(\w+)"`)
	for _, c := range []struct {
		limit, offset, total int
		links                string
	}{
		{50, 0, 0, "first 0, last 0"},
		{50, 0, 50, "first 0, last 0"},
		{50, 0, 51, "first 0, next 50, last 50"},
		{50, 50, 51, "first 0, prev 0, last 50"},
		{10, 20, 100, "first 0, prev 10, next 30, last 90"},
		{10, 5, 100, "first 0, prev 0, next 15, last 95"},
		{10, 95, 96, "first 0, prev 85, last 95"},
		{10, 200, 96, "first 0, prev 90, last 90"},
		{10, 7, 3, "first 0, prev 0, last 0"},
		{1000, 1<<63 - 1, 1, "first 0, prev 0, last 0"},
		{0, 10, 100, ""},
	} {
		w := httptest.NewRecorder()
		Page{Limit: c.limit, Offset: c.offset, path: "/p"}.link(w, c.total)
		var got []string
		for _, m := range offsets.FindAllStringSubmatch(w.Header().Get("Link"), -1) {
			got = append(got, m[2]+" "+m[1])
		}
		assert.Equal(t, c.links, strings.Join(got, ", "), "%+v", c)
	}
}

func TestTags(t *testing.T) {
	for header, want := range map[string]Tags{
		``:                  {},
		` , ,`:              {},
		`*`:                 {any: true},
		`"1"`:               {strong: []string{`"1"`}},
		`"1","2" , W/"3"`:   {strong: []string{`"1"`, `"2"`}, weak: []string{`"3"`}},
		`"a,b", ""`:         {strong: []string{`"a,b"`, `""`}},
		`W/"x", "18", "17"`: {strong: []string{`"18"`, `"17"`}, weak: []string{`"x"`}},
	} {
		got, err := parseTags(&http.Request{Header: http.Header{"If-Match": {header}}}, "If-Match")
		assert.NoError(t, err, header)
		assert.Equal(t, want, got, header)
	}
	for _, header := range []string{`1`, `"1`, `W/1`, `w/"1"`, `"1", x`, `* "1"`, `"1", *`, `W/`, `"`} {
		_, err := parseTags(&http.Request{Header: http.Header{"If-Match": {header}}}, "If-Match")
		assert.Error(t, err, header)
	}
	assert.EqualValues(t, 18, Tags{strong: []string{`"17"`, `"18"`, `"x"`}}.newest())
}
