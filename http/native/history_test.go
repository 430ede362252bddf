package native

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
	"accountd/commands/committer"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/native/call"
)

type shownHistory struct {
	Data []struct {
		Sequence uint64
		Type     string
		Changes  []struct {
			Field         string
			Before, After any
		}
	}
	Meta call.Meta
}

func (s *service) history(path string) (page shownHistory, link []string) {
	s.t.Helper()
	w := s.call(http.MethodGet, path, s.token, "")
	require.Equal(s.t, http.StatusOK, w.Code, w.Body)
	require.NoError(s.t, json.Unmarshal(w.Body.Bytes(), &page))
	return page, w.Header().Values("Link")
}

// TestNobodyHasAPast asks for users whom nobody is. Nobody is not everybody.
func TestNobodyHasAPast(t *testing.T) {
	s := start(t, committer.Options{})
	for _, id := range []string{"nobody", uuid.Nil.String(), uuid.NewString()} {
		for _, path := range []string{"/history", "?at=1"} {
			require.Equal(t, http.StatusNotFound, s.call(http.MethodGet, call.UsersPath+"/"+id+path, s.token, "").Code,
				id+path)
		}
	}
}

// TestHistoryIsPagedBothWays walks between bounds by the links, from either end and back, and by cursors: each walk
// sees just what is between the bounds, in order.
func TestHistoryIsPagedBothWays(t *testing.T) {
	s := start(t, committer.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true})
	for i := range 9 {
		phone := string(rune('0' + i))
		s.do(commands.Service(), commands.UpdateUser{ID: u.ID, Profile: events.ProfileUpdated{Phone: &phone}})
	}
	const first, newest = 3, 12 // sequences
	rapid.Check(t, func(r *rapid.T) {
		query := url.Values{"limit": {rapid.SampledFrom([]string{"1", "2", "3", "4", "10", "50"}).Draw(r, "limit")}}
		bound := func(name string, absent uint64) uint64 {
			if !rapid.Bool().Draw(r, "has "+name) {
				return absent
			}
			n := rapid.Uint64Range(0, newest+2).Draw(r, name)
			query.Set(name, strconv.FormatUint(n, 10))
			return n
		}
		after, before := bound("after", 0), bound("before", newest+1)
		want := []uint64{}
		for n := uint64(first); n <= newest; n++ {
			if after < n && n < before {
				want = append(want, n)
			}
		}
		if query.Set("sort", rapid.SampledFrom([]string{"sequence", "-sequence"}).Draw(r,
			"sort")); query.Get("sort") == "-sequence" {
			slices.Reverse(want)
		}
		path := "/v1/users/" + u.ID.String() + "/history?" + query.Encode()
		pages, last := s.walkHistory(path, "next", len(want))
		require.Equal(r, want, append([]uint64{}, slices.Concat(pages...)...))
		pages, _ = s.walkHistory(last, "prev", len(want))
		slices.Reverse(pages)
		require.Equal(r, want, append([]uint64{}, slices.Concat(pages...)...))
		pages, _ = s.walkHistory(path, call.CursorParameter, len(want))
		require.Equal(r, want, append([]uint64{}, slices.Concat(pages...)...))
	})
}

// walkHistory returns the sequences of all pages from that path on, by the links of that rel or by next_cursor, and the
// last path.
func (s *service) walkHistory(path, rel string, total int) (pages [][]uint64, last string) {
	s.t.Helper()
	for next := path; next != ""; {
		page, links := s.history(next)
		require.Equal(s.t, total, page.Meta.Total)
		var seen []uint64
		for _, e := range page.Data {
			seen = append(seen, e.Sequence)
		}
		pages, last, next = append(pages, seen), next, ""
		if rel == call.CursorParameter && page.Meta.NextCursor != nil {
			next = path + "&cursor=" + *page.Meta.NextCursor
		}
		for _, l := range links {
			if target, ok := strings.CutSuffix(l, `>; rel="`+rel+`"`); ok {
				next = strings.TrimPrefix(target, "<")
			}
		}
	}
	return pages, last
}

// TestHistoryNamesWhatChanged looks at what the transcript does not have.
func TestHistoryNamesWhatChanged(t *testing.T) {
	s := start(t, committer.Options{})
	do := func(c commands.Command) { s.t.Helper(); s.do(commands.Service(), c) }
	dc, group := uuid.New(), uuid.New()
	do(commands.CreateDatacenter{ID: dc, Datacenter: events.DatacenterCreated{Name: "main", Owner: s.admin.ID}})
	do(commands.CreateGroup{ID: group, Group: events.GroupCreated{Name: "staff"}})
	u := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true,
		SigningKeys: []events.SigningKey{{ID: "AK1", Secret: "first secret"}}})
	do(commands.UpdateUser{ID: u.ID, Membership: events.MembershipChanged{Datacenter: &dc,
		Groups: &[]uuid.UUID{group}}})
	do(commands.RotateSigningKey{ID: u.ID, KeyID: "AK1", Secret: "second secret"})
	do(commands.RotateStorageKeys{ID: u.ID, Keys: []events.StorageKey{{Kind: "s3", ID: "SK1", Secret: "third secret"}}})
	hash := secrets.Hash("token")
	do(commands.RequestPasswordReset{ID: u.ID, Hash: events.Secret(hash), ExpiresAt: time.Now().Add(time.Hour)})
	page, _ := s.history("/v1/users/" + u.ID.String() + "/history?sort=sequence")
	raw, err := json.Marshal(page)
	require.NoError(t, err)
	for _, secret := range []string{"first secret", "second secret", "third secret", hash} {
		require.NotContains(t, string(raw), secret)
	}
	fields := map[string][2]any{}
	for _, e := range page.Data[1:] {
		for _, c := range e.Changes {
			fields[c.Field] = [2]any{c.Before, c.After}
		}
	}
	require.Equal(t, [2]any{nil, "main"}, fields["datacenter"])
	require.Equal(t, [2]any{[]any{}, []any{"staff"}}, fields["groups"])
	require.Equal(t, "***", fields["signing_keys"][0].(map[string]any)["secret"])
	require.Equal(t, fields["signing_keys"][0], fields["signing_keys"][1], "what is new about it is not shown")
	require.Equal(t, "SK1", fields["storage_keys"][1].(map[string]any)["id"])
	require.Contains(t, fields["password_reset"][1], "expires_at")
	require.Len(t, fields, 5)
}

// TestOneselfMayReadOnesPast uses the weakest of credentials.
func TestOneselfMayReadOnesPast(t *testing.T) {
	s := start(t, committer.Options{})
	u := s.create(commands.Service(), events.UserCreated{Email: "ada@example.com", Active: true})
	token := s.key(u.ID, events.Permissions{Users: commands.LevelNone, Servers: commands.LevelNone,
		Audit: commands.LevelNone})
	path := "/v1/users/" + u.ID.String()
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, path+"/history", token, "").Code)
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, path+"?at=3", token, "").Code)
	auditor := s.key(u.ID, events.Permissions{Users: commands.LevelNone, Audit: commands.LevelRead})
	admin := "/v1/users/" + s.admin.ID.String()
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, admin+"?at=1", auditor, "").Code)
	require.Equal(t, http.StatusOK, s.call(http.MethodGet, "/v1/users?at=1", auditor, "").Code)
	require.Equal(t, http.StatusNotFound, s.call(http.MethodGet, admin, auditor, "").Code)
}
