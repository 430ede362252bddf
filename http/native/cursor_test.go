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
	"accountd/commands/committer"
	"accountd/events"
	"accountd/http/native/call"
)

type cursorPage struct {
	Data []struct{ Username string }
	Meta call.Meta
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
	s := start(t, committer.Options{})
	for i := range 7 {
		s.create(commands.Service(), events.UserCreated{Username: fmt.Sprint("user", i),
			Email: fmt.Sprintf("u%d@example.com", i), LastName: "Ünal", Active: true})
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
	assert.Equal(t, http.StatusBadRequest, s.call("GET", "/v1/users:export?cursor="+*page.Meta.NextCursor, s.token,
		"").Code)
}

// TestSortKeysAreAllLookedAt: behind a key that nobody shares others do not matter, but must be keys.
func TestSortKeysAreAllLookedAt(t *testing.T) {
	s := start(t, committer.Options{})
	s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true})
	for _, sort := range []string{"number,bogus", "-id,bogus", "number,,id", "id,q", "", "username,password",
		"number,id,email,state,phone"} {
		for _, path := range []string{"/v1/users?limit=1&sort=", "/v1/users:export?sort=",
			"/v1/users?filter[number]=1&sort=", "/v1/users?at=1&sort="} {
			w := s.call("GET", path+sort, s.token, "")
			require.Equal(t, http.StatusBadRequest, w.Code, path+sort)
			require.Contains(t, w.Body.String(), `"code":"sort_invalid"`, path+sort)
		}
	}
	require.Equal(t, []string{"ada", "admin"}, s.follow("sort=-number,id&limit=1"))
}

// TestCursorsAreShort walks through users whose texts are long and begin alike, by each text that they have.
func TestCursorsAreShort(t *testing.T) {
	s := start(t, committer.Options{})
	long := strings.Repeat("\uFDFA", 4095) // which folds to 18 letters
	var want []string
	for i := range 7 {
		name := fmt.Sprint("user", i)
		s.create(commands.Service(), events.UserCreated{Username: name, Email: name + "@example.com", Active: true,
			Comment: long + string(rune('g'-i))})
		want = append([]string{name}, want...)
	}
	for _, limit := range []int{1, 2, 3} {
		names := s.follow(fmt.Sprintf("q=user&limit=%d&sort=comment", limit))
		require.Equal(t, want, names)
	}
	var page cursorPage
	decodeBody(t, s.call("GET", "/v1/users?limit=3&sort=-comment,-first_name,last_name,-created_at", s.token, ""),
		&page)
	require.LessOrEqual(t, len(*page.Meta.NextCursor), 1024)

	// the user whom the page ended with has another text now: nobody is missed
	query := "/v1/users?limit=3&q=user&sort=comment"
	decodeBody(t, s.call("GET", query, s.token, ""), &page)
	s.do(commands.Service(), commands.UpdateUser{ID: s.Snapshot().UserByName(page.Data[2].Username).ID,
		Profile: events.ProfileUpdated{Comment: new(string)}})
	decodeBody(t, s.call("GET", strings.Replace(query, "limit=3", "limit=50", 1)+"&cursor="+*page.Meta.NextCursor,
		s.token, ""), &page)
	var rest []string
	for _, u := range page.Data {
		rest = append(rest, u.Username)
	}
	require.Subset(t, rest, want[3:])
}

// TestLinksAreShort asks with queries of all lengths: the header Link never grows past what clients take, and has the
// next page as long as there is room for it.
func TestLinksAreShort(t *testing.T) {
	s := start(t, committer.Options{})
	for i := range 3 {
		s.create(commands.Service(), events.UserCreated{Email: fmt.Sprintf("u%d@example.com", i), Active: true})
	}
	for _, length := range []int{0, 1000, 2000, 2600, 4000, 7000, 8000, 20000} {
		for _, begin := range []string{"&offset=1", "&cursor=" + s.cursor("sort=email&limit=1")} {
			for _, fields := range []string{"", "&fields=email"} {
				query := "limit=1&sort=email&filter[email][contains]=@," + strings.Repeat("x", length) + begin + fields
				w := s.call("GET", "/v1/users?"+query, s.token, "")
				require.Equal(t, http.StatusOK, w.Code)
				link := w.Header().Get("Link")
				require.Less(t, len(link), 8192)
				require.Equal(t, length <= 7000, strings.Contains(link, `rel="next"`), length)
				require.True(t, length > 1000 || strings.Contains(link, `rel="first"`), length)
			}
		}
	}
}

// cursor returns that of the next page.
func (s *service) cursor(query string) string {
	s.t.Helper()
	var page cursorPage
	decodeBody(s.t, s.call("GET", "/v1/users?"+query, s.token, ""), &page)
	require.NotNil(s.t, page.Meta.NextCursor)
	return *page.Meta.NextCursor
}

// TestCursorsWhileOthersWrite follows a list whose users come and go: those who were there all the time are seen once.
func TestCursorsWhileOthersWrite(t *testing.T) {
	s := start(t, committer.Options{})
	for i := range 40 {
		s.create(commands.Service(), events.UserCreated{Username: fmt.Sprintf("stays%02d", i),
			Email: fmt.Sprintf("s%02d@example.com", i), Active: true})
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
			u := s.create(commands.Service(), events.UserCreated{Email: fmt.Sprintf("s%02dx%d@example.com", i%40, i),
				Active: true})
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

// walk returns what names the elements of all pages of a list, by their cursors.
func (s *service) walk(path, name string) (names []string) {
	for next := path + "?limit=3"; ; {
		w := s.call("GET", next, s.token, "")
		if !assert.Equal(s.t, http.StatusOK, w.Code, "%s", w.Body) {
			return names
		}
		var page struct {
			Data []map[string]any
			Meta call.Meta
		}
		decodeBody(s.t, w, &page)
		for _, element := range page.Data {
			names = append(names, fmt.Sprint(element[name]))
		}
		if page.Meta.NextCursor == nil {
			return names
		}
		next = path + "?limit=3&cursor=" + *page.Meta.NextCursor
	}
}

// TestListsAreWalkedWhileOthersWrite walks lists by cursors while something is added to them and deleted from them all
// the time: what stays is seen exactly once.
func TestListsAreWalkedWhileOthersWrite(t *testing.T) {
	s := start(t, committer.Options{})
	user := call.UsersPath + "/" + s.admin.ID.String()
	for _, list := range []struct{ path, name, body string }{
		{"/v1/clients", "id", `{"name":"Acme %d"}`},
		{"/v1/groups", "id", `{"name":"group %d"}`},
		{user + "/api-keys", "id", `{"memo":"%d"}`},
		{user + "/signing-keys", "id", `{}`},
		{user + "/resources", "id", `{"kind":"vm","id":"%d"}`},
		{"/v1/webhooks", "id", `{"url":"https://service.invalid/%d"}`},
		{"/v1/subscriptions", "name", `{"name":"s%d"}`},
	} {
		t.Run(list.path, func(t *testing.T) {
			s := s.in(t)
			made := func(n int) (location string) {
				body := list.body
				if strings.Contains(body, "%d") {
					body = fmt.Sprintf(body, n)
				}
				w := s.call("POST", list.path, s.token, body)
				assert.Equal(t, http.StatusCreated, w.Code, "%s", w.Body)
				return w.Header().Get("Location")
			}
			for n := range 8 {
				made(10 * n)
			}
			stay := s.walk(list.path, list.name)
			var writer sync.WaitGroup
			ended := make(chan struct{})
			writer.Go(func() {
				defer close(ended)
				for n := range 12 {
					location := made(1000*(n%3+1) + n)
					assert.Equal(t, http.StatusNoContent, s.call("DELETE", location, s.token, "").Code)
				}
			})
			for done := false; !done; {
				select {
				case <-ended:
					done = true
				default:
				}
				seen := map[string]int{}
				for _, name := range s.walk(list.path, list.name) {
					seen[name]++
				}
				for _, name := range stay {
					assert.Equal(t, 1, seen[name], name)
				}
			}
			writer.Wait()
		})
	}
}

func TestListCursorsAreOfTheirList(t *testing.T) {
	s := start(t, committer.Options{})
	for n := range 3 {
		s.call("POST", "/v1/clients", s.token, fmt.Sprintf(`{"name":"Acme %d"}`, n))
	}
	var page cursorPage
	w := s.call("GET", "/v1/clients?limit=2", s.token, "")
	decodeBody(t, w, &page)
	require.NotNil(t, page.Meta.NextCursor)
	next := "/v1/clients?limit=2&cursor=" + *page.Meta.NextCursor
	require.Contains(t, s.call("GET", next, s.token, "").Header().Get("Link"), `rel="first"`)
	for _, path := range []string{"/v1/groups?cursor=" + *page.Meta.NextCursor, "/v1/clients?cursor=x",
		next + "&offset=1",
		call.UsersPath + "/" + s.admin.ID.String() + "/history?cursor=" + *page.Meta.NextCursor, "/v1/users?cursor=" +
			*page.Meta.NextCursor} {
		require.Equal(t, http.StatusBadRequest, s.call("GET", path, s.token, "").Code, path)
	}
}

// TestCursorsOutliveTheirKey goes on where a page ended although what it ended with is gone.
func TestCursorsOutliveTheirKey(t *testing.T) {
	s := start(t, committer.Options{})
	for _, list := range []string{"signing-keys", "api-keys"} {
		path := call.UsersPath + "/" + s.admin.ID.String() + "/" + list
		for range 3 {
			s.call("POST", path, s.token, "")
		}
		all := s.walk(path, "id")
		var page struct {
			Data []struct{ ID string }
			Meta call.Meta
		}
		decodeBody(t, s.call("GET", path+"?limit=2", s.token, ""), &page)
		require.Equal(t, http.StatusNoContent, s.call("DELETE", path+"/"+page.Data[1].ID, s.token, "").Code)
		decodeBody(t, s.call("GET", path+"?limit=1&cursor="+*page.Meta.NextCursor, s.token, ""), &page)
		require.Equal(t, all[2], page.Data[0].ID)
	}
}

// TestHistoryIsWalkedByCursors walks from either end.
func TestHistoryIsWalkedByCursors(t *testing.T) {
	s := start(t, committer.Options{})
	id := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true}).ID.String()
	for n := range 7 {
		s.call("PATCH", call.UsersPath+"/"+id, s.token, fmt.Sprintf(`{"phone":"%d"}`, n))
	}
	all := s.walk(call.UsersPath+"/"+id+"/history", "sequence")
	require.Len(t, all, 8)
	var page struct {
		Data []struct{ Sequence int }
		Meta call.Meta
	}
	decodeBody(t, s.call("GET", call.UsersPath+"/"+id+"/history?sort=sequence&limit=5", s.token, ""), &page)
	decodeBody(t, s.call("GET", call.UsersPath+"/"+id+"/history?sort=sequence&limit=5&cursor="+*page.Meta.NextCursor,
		s.token, ""), &page)
	require.Len(t, page.Data, 3)
	require.Equal(t, all[0], fmt.Sprint(page.Data[2].Sequence))
	require.Nil(t, page.Meta.NextCursor)
}
