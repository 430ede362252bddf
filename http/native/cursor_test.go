package native

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"accountd/commands"
	"accountd/events"
)

type cursorPage struct {
	Data []struct{ Username string }
	Meta metaAnswer
}

// follow returns the usernames of all pages, by their cursors.
func (s *service) follow(query string) (names []string) {
	s.t.Helper()
	for next := "/v1/users?" + query; ; {
		w := s.call("GET", next, s.token, "")
		require.Equal(s.t, http.StatusOK, w.Code, "%s", w.Body)
		var page cursorPage
		decodeBody(s.t, w, &page)
		for _, u := range page.Data {
			names = append(names, u.Username)
		}
		if page.Meta.NextCursor == nil {
			require.NotContains(s.t, w.Header().Get("Link"), `rel="next"`)
			return names
		}
		require.Contains(s.t, w.Header().Get("Link"), `rel="next"`)
		next = "/v1/users?" + query + "&cursor=" + *page.Meta.NextCursor
	}
}

func TestCursors(t *testing.T) {
	s := start(t, commands.Options{})
	for i := range 7 {
		s.create(commands.Service(), events.UserCreated{Username: fmt.Sprint("user", i), Email: fmt.Sprintf("u%d@example.com", i), LastName: "Ünal", Active: true})
	}
	all := []string{"user0", "user1", "user2", "user3", "user4", "user5", "user6"}
	for _, limit := range []string{"2", "3", "7", "50"} {
		assert.Equal(t, all, s.follow("q=user&limit="+limit))
		assert.Equal(t, all, s.follow("q=user&sort=last_name,username&limit="+limit))
		assert.Len(t, s.follow("sort=-created_at&limit="+limit), 8)
	}
	var page cursorPage
	decodeBody(t, s.call("GET", "/v1/users?limit=2&sort=email", s.token, ""), &page)
	for query, code := range map[string]string{
		"limit=2&cursor=" + *page.Meta.NextCursor:             "cursor_invalid",
		"limit=2&sort=-email&cursor=" + *page.Meta.NextCursor: "cursor_invalid",
		"sort=email&cursor=x":                                 "cursor_invalid",
		"sort=email&offset=1&cursor=" + *page.Meta.NextCursor: "offset_and_cursor",
		"sort=email&cursor=x&cursor=" + url.QueryEscape("y"):  "parameter_repeated",
	} {
		w := s.call("GET", "/v1/users?"+query, s.token, "")
		assert.Equal(t, http.StatusBadRequest, w.Code, query)
		assert.Contains(t, w.Body.String(), `"code":"`+code+`"`, query)
	}
	assert.Equal(t, http.StatusBadRequest, s.call("GET", "/v1/users:export?cursor="+*page.Meta.NextCursor, s.token, "").Code)
}

// TestCursorsWhileOthersWrite follows a list whose users come and go: those who were there all the time are seen once.
func TestCursorsWhileOthersWrite(t *testing.T) {
	s := start(t, commands.Options{})
	for i := range 40 {
		s.create(commands.Service(), events.UserCreated{Username: fmt.Sprintf("stays%02d", i), Email: fmt.Sprintf("s%02d@example.com", i), Active: true})
	}
	done := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			u := s.create(commands.Service(), events.UserCreated{Email: fmt.Sprintf("s%02dx%d@example.com", i%40, i), Active: true})
			s.do(commands.Service(), commands.DeleteUser{ID: u.ID})
		}
	})
	for _, query := range []string{"sort=email&limit=3", "sort=-email&limit=7"} {
		seen := map[string]int{}
		for _, name := range s.follow(query) {
			if strings.HasPrefix(name, "stays") {
				seen[name]++
			}
		}
		assert.Len(t, seen, 40)
		for name, n := range seen {
			assert.Equal(t, 1, n, name)
		}
	}
	close(done)
	writer.Wait()
}
