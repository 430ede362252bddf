package native

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/events"
)

// TestCommasInValues finds users by texts with commas in them.
func TestCommasInValues(t *testing.T) {
	s := start(t, committer.Options{})
	for _, id := range []string{"x,2502", "2502", "x"} {
		s.create(commands.Service(), events.UserCreated{Email: url.QueryEscape(id) + "@example.com", ExternalID: id,
			Active: true})
	}
	found := func(query string) (ids []string) {
		t.Helper()
		w := s.call(http.MethodGet, "/v1/users?"+query, s.token, "")
		require.Equal(t, http.StatusOK, w.Code, w.Body)
		var page struct {
			Data []struct {
				ExternalID string `json:"external_id"`
			}
		}
		decodeBody(t, w, &page)
		for _, u := range page.Data {
			ids = append(ids, u.ExternalID)
		}
		return ids
	}
	for query, want := range map[string][]string{
		"filter[external_id]=x%2C2502":                           {"x,2502"},
		`filter[external_id]=x\,2502`:                            {"x,2502"},
		"filter[external_id]=x,2502":                             {"2502", "x"},
		"filter[external_id]=x&filter[external_id]=2502":         {"2502", "x"},
		"filter[external_id]=x&filter%5Bexternal_id%5D=x%2C2502": {"x,2502", "x"},
		"filter[external_id][contains]=%2C":                      {"x,2502"},
		"filter[external_id][prefix]=x%2C,25":                    {"x,2502", "2502"},
		"q=x,2":                                                  {"x,2502"},
		"filter[external_id]=x%2C2502&fields=external_id":        {"x,2502"},
	} {
		require.Equal(t, want, found(query), query)
	}
	next := func(query string) string {
		w := s.call(http.MethodGet, "/v1/users?"+query, s.token, "")
		link, _, _ := strings.Cut(w.Header().Get("Link"), `>; rel="next"`)
		return link[strings.LastIndex(link, "<")+1:]
	}
	for _, query := range []string{"filter[external_id]=x%2C2502,x&sort=-external_id&limit=1",
		"fields=external_id,username&filter[external_id]=x%2C2502,x&sort=-external_id&limit=1"} {
		_, asked, _ := strings.Cut(next(query), "?")
		require.Equal(t, []string{"x"}, found(asked), "the next page of the same: %s", asked)
	}
	w := s.call(http.MethodGet, "/v1/users?filter[number]=1%2C2", s.token, "")
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, w.Body.String(), "%2C", "it says how values are separated")
}
